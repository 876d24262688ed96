import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Result } from '../../src/report/result.js';
import { stackbed, temporaryFolder } from '../support/cli.js';

/** A machine with room for 32 half-open connections, which gets about 80 SYNs that it accepts. */
const scenario = (probes: string) => `
seed: 1
machines:
  - image: linux-6.12+deb13
    sysctls: {net.core.somaxconn: 32}
probes: {count: 300, copies: 6, ${probes}}
`;

async function probed(folder: string, name: string, probes: string) {
  const file = join(folder, `${name}.scenario.yaml`);
  await writeFile(file, scenario(probes));
  const { stdout, stderr, exitCode } = await stackbed(['run', file, '--out', folder, '--json']);
  expect(exitCode, stderr).toBe(0);
  const { dataset, machines } = JSON.parse(stdout) as Result;
  const run = join(folder, name, (await readdir(join(folder, name)))[0]!);
  const path = join(run, 'machines', machines[0]!.id, 'machine.json');
  return { ...dataset, record: JSON.parse(await readFile(path, 'utf8')) };
}

test('half-open connections fill a backlog that is kept, and not one that is fresh in time', async () => {
  await using folder = await temporaryFolder();
  const of = (name: string, probes: string) => probed(folder.path, name, probes);
  const kept = await of('kept', 'reset: false');
  const fresh = await of('fresh', 'reset: false, state: fresh, group: 300');
  const clean = await of('clean', 'reset: true');
  expect(kept.record.sending).toEqual({ order: 'shuffled', spread: 'rounds', state: 'kept' });
  expect(fresh.record).toMatchObject({
    ...{ boot: 'restored', packets_sent: 1800, unmatched: 0, late: 0 },
    sending: { order: 'shuffled', spread: 'rounds', state: 'fresh', group: 300, restores: 5 },
  });
  expect(kept.nondeterministic).toBeGreaterThan(clean.nondeterministic);
  expect(fresh.digest).toBe(clean.digest);
  expect((await of('again', 'reset: false, state: fresh, group: 300')).digest).toBe(fresh.digest);
}, 300_000);

test('a program is fresh when it is started again', async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'program.scenario.yaml');
  const text = (probes: string) =>
    `machines: [{image: lwip-2.1.3}]\nprobes: {count: 60, copies: 4${probes}}\nseed: 1\n`;
  const sent = async (probes: string) => {
    await writeFile(file, text(probes));
    const { stdout, stderr, exitCode } = await stackbed(['run', file, '--out', folder.path, '--json']);
    expect(exitCode, stderr).toBe(0);
    return (JSON.parse(stdout) as Result).machines[0]!;
  };
  const kept = await sent('');
  const fresh = await sent(', state: fresh, group: 40');
  expect(fresh.sending).toMatchObject({ state: 'fresh', group: 40, restores: 5 });
  expect([fresh.packets_sent, fresh.packets_received, fresh.unmatched, fresh.late]).toEqual([
    ...[kept.packets_sent, kept.packets_received, 0, 0],
  ]);
}, 300_000);
