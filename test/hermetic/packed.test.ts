import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execaSync } from 'execa';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { packageRoot } from '../../src/package-root.js';

// The package as npm would publish it, in a project that has nothing else of ours.
const folder = mkdtempSync(join(tmpdir(), 'stackbed-packed-'));
const project = join(folder, 'project');
const run = (command: string, ...args: string[]) =>
  execaSync(command, args, {
    cwd: project,
    reject: false,
    all: true,
    env: { CI: 'true', NO_COLOR: '1', VITEST: '' },
  });

beforeAll(() => {
  execFileSync('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], {
    cwd: packageRoot,
    stdio: 'pipe',
  });
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz'))!;
  cpSync(join(packageRoot, 'examples', 'ci'), project, { recursive: true });
  const manifest = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8'));
  const vitest = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')).devDependencies.vitest;
  Object.assign(manifest.devDependencies, { stackbed: `file:${join(folder, tarball)}`, vitest });
  writeFileSync(join(project, 'package.json'), JSON.stringify(manifest));
  const installed = run('npm', 'install', '--no-audit', '--no-fund', '--prefer-offline');
  expect(installed.exitCode, installed.all).toBe(0);
}, 600_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('the example type-checks against the package', { timeout: 120_000 }, () => {
  const tsc = run(process.execPath, join(packageRoot, 'node_modules/typescript/bin/tsc'), '-p', '.');
  expect(tsc.all).toBe('');
});

it('the command of the package tells its version and reads its own scenarios', () => {
  const version = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')).version;
  expect(run('npx', 'stackbed', '--version').stdout).toBe(version);
  const scenario = join(project, 'node_modules/stackbed/scenarios/quickstart.scenario.yaml');
  expect(run('npx', 'stackbed', 'validate', scenario).exitCode).toBe(0);
});

it('the example passes, and catches a setting that was turned off', { timeout: 300_000 }, () => {
  const good = run('npm', 'test');
  expect(good.exitCode, good.all).toBe(0);
  const settings = join(project, 'test', 'server.ts');
  writeFileSync(settings, readFileSync(settings, 'utf8').replace("tcp_timestamps': 1", "tcp_timestamps': 0"));
  const bad = run('npm', 'test');
  expect(bad.exitCode).toBe(1);
  expect(bad.all).toMatch(/the response differs[\s\S]*options +- "M,S,T,N,W" +\+ "M1460,N,N,S,N,W\d+"/);
  expect(bad.all).toMatch(/1 failed/);
  expect(readdirSync(join(project, 'stackbed-captures'))).toHaveLength(1);
});
