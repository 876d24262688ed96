import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packageRoot } from '../../src/package-root.js';
import { stackbed, temporaryFolder } from '../support/cli.js';

interface Planned {
  readonly id: string;
  readonly image: string;
  readonly pinned: string | null;
  readonly configuration: { readonly name: string; readonly sysctls: Record<string, string> };
  readonly application: { readonly name: string; readonly socket: Record<string, number> };
}

const scenario = (name: string) => join(packageRoot, 'scenarios', name);

test('plan lists the paper-sized fleet: no two instances equal, and the same ones each time', async () => {
  const file = scenario('paper/fleet-329.scenario.yaml');
  const [first, second] = [
    await stackbed(['plan', file, '--json']),
    await stackbed(['plan', file, '--json']),
  ];
  expect(first.exitCode).toBe(0);
  // What an image is pinned to changes when another test pulls it meanwhile.
  const planned = (text: string) =>
    (JSON.parse(text) as { machines: Planned[] }).machines.map(({ pinned: _, ...machine }) => machine);
  const machines = planned(first.stdout);
  expect(planned(second.stdout)).toEqual(machines);
  expect(machines.length).toBeGreaterThanOrEqual(329);
  const distinct = machines.map(({ id: _, configuration, application, ...hardware }) =>
    JSON.stringify([
      hardware,
      ...[configuration.sysctls, application.socket].map((one) => Object.entries(one).sort()),
    ]),
  );
  expect(new Set(distinct).size).toBe(machines.length);
  expect(new Set(machines.map(({ image }) => image)).size).toBe(29);
  const others = machines.filter(({ image }) => !/^(linux|uml)-/.test(image));
  expect(others).toHaveLength(13);
});

test('plan has columns for configuration and application', async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'varied.scenario.yaml');
  await writeFile(
    file,
    'machines: [{image: linux-5.10, configuration: hardened+ecn-off, application: low-mss, cpu: EPYC}]\n',
  );
  const { stdout } = await stackbed(['plan', file]);
  expect(stdout).toMatch(/^machine +image +ram +cores +nic +type +cpu +configuration +application$/m);
  expect(stdout).toMatch(
    /^linux-5\.10-256M-EPYC-hardened\+ecn-off-app_low-mss .* pc +EPYC +hardened\+ecn-off +low-mss$/m,
  );
});

test('every scenario that is shipped is valid', async () => {
  const files = (await readdir(scenario('.'), { recursive: true })).filter((name) =>
    name.endsWith('.scenario.yaml'),
  );
  expect(files.length).toBeGreaterThanOrEqual(3);
  const { stdout, exitCode } = await stackbed(['validate', ...files.map(scenario), '--json']);
  expect(JSON.parse(stdout)).toEqual({ valid: true, errors: [] });
  expect(exitCode).toBe(0);
});

test.each([
  ['configuration: hardend', ':1:47: no configuration is called "hardend"; did you mean "hardened"?'],
  ['ram: [1G, 2G], sample: 3', ':1:55: machines.0.sample is 3, but the block describes only 2 machines'],
])('a block with %s: exit 2 with the place, and nothing is booted', async (words, message) => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'bad.scenario.yaml');
  await writeFile(file, `machines: [{image: linux-5.10, ${words}}]\n`);
  const { exitCode, stderr, stdout } = await stackbed(['run', file, '--out', join(folder.path, 'runs')]);
  expect(stderr).toContain(`bad.scenario.yaml${message}`);
  expect(stderr).not.toMatch(/^\s+at /m);
  expect([stdout, exitCode]).toEqual(['', 2]);
  expect(await readdir(folder.path)).toEqual(['bad.scenario.yaml']);
});
