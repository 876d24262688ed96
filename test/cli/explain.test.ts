import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lifeText } from '../../src/cli/explain-text.js';
import { readDecisions, writeDecisions } from '../../src/dataset/impairment-store.js';
import { packageRoot } from '../../src/package-root.js';
import { type Asked, probeLife } from '../../src/scenario/explain/life.js';
import type { RunFolder } from '../../src/scenario/run-folder.js';
import { recordRun } from '../scenario/recorded-run.js';
import { stackbed } from '../support/cli.js';

/** Lives of probes as people read them; UPDATE_GOLDEN=1 writes the file anew, and then the difference is to be read. */
const golden = join(packageRoot, 'test/golden/explain.txt');

const scenario = `
name: lives
seed: 3
machines: [{image: linux-6.12}]
path:
  forward:
    - loss: 15%
    - delay: {time: 3ms, jitter: 2ms}
    - mss: {clamp: 1000}
    - fault: {match: "probe == 3", action: hold, time: 8ms}
    - rst-inject: {probability: 20%, drop: true}
  reverse:
    - loss: 10%
    - duplicate: 20%
    - ttl: {decrement: 2}
  boxes: [home-router-nat]
probes: {count: 30, copies: 3}
`;
const machine = 'linux-6.12';

let root: string;
let folder: RunFolder;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'explain-'));
  folder = await recordRun(root, scenario, machine);
});
afterAll(() => rm(root, { recursive: true }));

const explained = async (asked: Omit<Asked, 'machine'>) =>
  lifeText(await probeLife(folder, { machine, ...asked })).replaceAll(folder.path, 'RUN');

describe('explain', () => {
  it('tells what the committed text says', async () => {
    const asked = [
      { probe: 3 },
      { probe: 3, copy: 1 },
      { probe: 1, copy: 0 },
      { probe: 1, copy: 1 },
      { probe: 15 },
      { probe: 15, copy: 1 },
      { probe: 0, copy: 2 },
    ];
    const texts: string[] = [];
    for (const each of asked) texts.push(await explained(each));
    const text = `${texts.join(`\n\n${'-'.repeat(72)}\n\n`)}\n`;
    if (process.env.UPDATE_GOLDEN) writeFileSync(golden, text);
    expect(text).toBe(readFileSync(golden, 'utf8'));
  });

  it('has a life for every copy of every probe, that ends as the record says', async () => {
    for (let probe = 0; probe < 30; probe++) {
      const { copies, reading } = await probeLife(folder, { machine, probe });
      for (const { exchange, response } of copies) expect(exchange.response?.left).toEqual(response?.frame);
      expect(copies.filter(({ response }) => response).length).toBe(reading.answered);
    }
  });

  const run = (...args: string[]) => stackbed(['explain', folder.path, ...args]);

  it('says the same to programs', async () => {
    const { stdout, exitCode } = await run('--probe', '3', '--machine', machine, '--copy', '1', '--json');
    expect(exitCode).toBe(0);
    const life = JSON.parse(stdout);
    expect(life).toMatchObject({ machine, probe: 3, copies: [{ copy: 1, from: '10.0.0.34' }] });
    const [{ probe, sent }] = life.copies;
    expect(sent['tcp.options']).toBe(probe.began['tcp.options']);
    const clamp = probe.stages.find(({ kind }: { kind: string }) => kind === 'mss');
    expect(clamp.decisions[0].changes).toContainEqual(
      expect.objectContaining({ field: 'tcp.options', after: 'M1000' }),
    );
  });

  it.each([
    [['--probe', '30', '--machine', machine], /no probe 30: it sent 30\n.*0 to 29/],
    [['--probe', '1', '--machine', machine, '--copy', '3'], /no copy 3: it sent 3\n.*0 to 2/],
    [['--probe', '1', '--machine', 'linux-6.1'], /no machine "linux-6.1"\n.*did you mean "linux-6.12"/],
    [['--probe', '1', '--machine', 'never-measured'], /was not measured.*\n.*--resume/],
    [['--probe', '1', '--machine', 'failed'], /no probe was sent: it never answered\n.*--resume/],
    [['--probe', 'one', '--machine', machine], /expected a whole number/],
    [['--machine', machine], /--probe/],
  ])('refuses %j', async (args, message) => {
    const { stderr, stdout, exitCode } = await run(...args);
    expect(stderr).toMatch(message);
    expect([stdout, exitCode]).toEqual(['', 2]);
  });

  it('tells what crossed a path without stages', async () => {
    const clean = await recordRun(
      root,
      'name: clean\nmachines: [{image: linux-6.12}]\nprobes: {count: 20}\n',
      machine,
    );
    const responded = await Promise.all(
      Array.from({ length: 20 }, (_, probe) => probeLife(clean, { machine, probe, copy: 0 })),
    );
    const answered = responded.map(({ copies }) => copies[0]!).filter(({ response }) => response);
    expect(answered.length).toBeGreaterThan(0);
    for (const { exchange, response } of answered) {
      expect(exchange.probe).toMatchObject({ end: 'delivered', visits: [] });
      expect(exchange.response?.left).toEqual(response?.frame);
    }
  });

  it('refuses records that are not of this run', async () => {
    const other = await recordRun(root, scenario.replace('lives', 'other'), machine);
    const log = other.file(join('machines', machine, 'impairments.parquet'));
    const decisions = await readDecisions(log);
    await writeDecisions(
      log,
      decisions.map((one) => (one.kind === 'mss' ? { ...one, before: '44:1234' } : one)),
    );
    await expect(probeLife(other, { machine, probe: 3 })).rejects.toThrow(
      /impairments.parquet: stage 2 .*did not have/,
    );
    await rm(log);
    await expect(probeLife(other, { machine, probe: 0 })).rejects.toThrow(/it is missing/);
  });
});
