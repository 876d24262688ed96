import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Result } from '../../src/report/result.js';
import { stackbed, temporaryFolder } from '../support/cli.js';

const scenario = `
seed: 3
machines: [{image: linux-6.12+deb13, ram: 256M}, {image: [lwip-2.1.3, lwip-2.2.1]}]
probes: {count: 8, copies: 2}
nmap: {scans: 2}
experiments:
  - {kind: accuracy, hierarchy: kernel, level: 0, learner: [c45, nmap], fields: [semantic, both], folds: 3}
`;

test("a run scans each machine by nmap's method, learns from that, and learns the same again from its folder", {
  timeout: 240_000,
}, async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'scans.scenario.yaml');
  await writeFile(file, scenario);
  const { stdout, stderr, exitCode } = await stackbed(['run', file, '--out', folder.path, '--json']);
  expect(exitCode, stderr).toBe(0);
  const { machines, experiments, nmap } = JSON.parse(stdout) as Result;
  const [linux, ...lwips] = machines.map((machine) => machine.nmap!.scans);
  for (const scan of linux!) {
    expect(scan.text).toMatch(/^SCAN\(V=stackbed-.*\)\nSEQ\(.*%TI=Z%CI=Z%II=I/);
    expect(scan.text).toContain('T1(R=Y%DF=Y%T=40%S=O%A=S+%F=AS%RD=0%Q=)');
    // Linux doubles its waits: 1, 2, 4 s.
    const waits = scan.retransmissions_ms!.map((ms, index, all) => ms - (all[index - 1] ?? 0));
    expect(waits.length).toBeGreaterThan(1);
    for (const [index, wait] of waits.slice(1).entries()) expect(Math.round(wait / waits[index]!)).toBe(2);
    expect(scan).toMatchObject({
      answered: 14,
      timestamp_offset: 'own',
      quote: { bytes: 328, altered: [] },
    });
    expect(scan.order).toEqual(['syn-open', 'ping', 'udp-closed', 'syn-closed']);
  }
  for (const scan of lwips.flat())
    expect(scan).toMatchObject({
      timestamp_offset: 'none',
      timestamp_hz: null,
      quote: { bytes: 28, altered: [] },
    });
  // Who has nobody of its kind to learn from cannot be named.
  const figures = experiments.map(({ learner, fields, accuracy }) => ({ learner, fields, accuracy }));
  expect(figures).toContainEqual({ learner: 'nmap', fields: 'nmap', accuracy: 2 / 3 });
  expect(figures.map(({ learner, fields }) => `${learner} ${fields}`)).toEqual([
    'c45 semantic',
    'c45 both',
    'nmap nmap',
  ]);
  expect(nmap!.points).toMatch(/^MatchPoints of an nmap-os-db of \d+ fingerprints$/);
  const run = /results in (\S+)/.exec(stderr)![1]!;
  const again = await stackbed(['evaluate', run, '--json']);
  expect(again.exitCode, again.stderr).toBe(0);
  expect((JSON.parse(again.stdout) as Result).experiments).toEqual(experiments);
  const model = await stackbed([
    'explain-model',
    run,
    '--fields',
    'semantic',
    '--learner',
    'svm',
    '--level',
    '0',
  ]);
  expect(model.exitCode, model.stderr).toBe(0);
  expect(model.stdout).toContain('semantic.tcp.timestamp.offset');
});
