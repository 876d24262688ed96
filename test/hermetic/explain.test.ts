import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readPcapng } from '../../src/packet/index.js';
import { probeLife } from '../../src/scenario/explain/life.js';
import { RunFolder } from '../../src/scenario/run-folder.js';
import { stackbed, temporaryFolder } from '../support/cli.js';

const scenario = `
machines: [{image: linux-5.10}]
path:
  forward:
    - loss: 10%
    - mss: {clamp: 1000}
  reverse:
    - duplicate: 10%
    - ttl: {decrement: 2}
  boxes: [home-router-nat]
captures: [prober, machine]
probes: {count: 40, copies: 2}
`;

const hasTshark = spawnSync('tshark', ['--version']).status === 0;

test('a run over a lossy path that rewrites can be explained, and its captures opened', {
  timeout: 180_000,
}, async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'lives.scenario.yaml');
  await writeFile(file, scenario);
  const points = 'prober,machine,after home-router-nat,drops';
  const { stdout, stderr, exitCode } = await stackbed([
    'run',
    file,
    '--out',
    folder.path,
    '--capture',
    points,
    '--json',
  ]);
  expect(exitCode, stderr).toBe(0);
  const [machine] = JSON.parse(stdout).machines;
  const [stamp] = readdirSync(join(folder.path, 'lives'));
  const run = RunFolder.open(join(folder.path, 'lives', stamp!));
  const capture = run.file(join('captures', `${machine.id}.pcapng`));
  expect(readdirSync(run.file('captures'))).toEqual([`${machine.id}.pcapng`]);
  const packets = [...readPcapng(readFileSync(capture))].map((one) => ({ ...one, at: one.interface.name }));
  const bytes = (frame: Uint8Array | undefined) => Buffer.from(frame ?? []).toString('hex');
  const seen = new Set(packets.map((one) => `${one.at} ${bytes(one.bytes)}`));

  // What is said of a packet at the ends of the path is what was captured there.
  let [answers, losses] = [0, 0];
  for (let probe = 0; probe < 40; probe++)
    for (const { sent, exchange, response } of (await probeLife(run, { machine: machine.id, probe }))
      .copies) {
      expect(seen).toContain(`prober ${bytes(sent)}`);
      const { end, left } = exchange.probe;
      expect(seen).toContain(`${end === 'dropped' ? 'drops' : 'machine'} ${bytes(left)}`);
      if (end === 'dropped') losses++;
      if (!response) continue;
      answers++;
      expect(exchange.response?.left).toEqual(response.frame);
      expect(seen).toContain(`prober ${bytes(response.frame)}`);
      expect(exchange.answers.some(({ began }) => seen.has(`machine ${bytes(began)}`))).toBe(true);
    }
  expect(answers).toBe(machine.packets_received);
  expect([answers > 10, losses > 2]).toEqual([true, true]);
  if (!hasTshark) return;
  const shown = execFileSync(
    'tshark',
    ['-n', '-r', capture, '-T', 'fields', '-e', 'frame.interface_name', '-e', '_ws.malformed'],
    {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  const interfaces = packets.map(({ at }) => `${at}\t`);
  expect(
    shown
      .trimEnd()
      .split('\n')
      .map((line) => `${line.trimEnd()}\t`),
  ).toEqual(interfaces);
});
