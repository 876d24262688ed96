import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunFolder } from '../../src/scenario/run-folder.js';
import { recordRun } from '../scenario/recorded-run.js';
import { stackbed } from '../support/cli.js';

let root: string;
let folder: RunFolder;
const text = `
name: explained
seed: 5
machines: [{image: linux-6.12}]
probes: {count: 30, copies: 2}
`;
const kindOf = {
  red: { ttl: 32, release: 'red' },
  green: { window: 1024, release: 'green' },
  blue: { release: 'blue' },
};
const machines = (['red', 'green', 'blue'] as const).flatMap((kind) => [1, 2, 3].map((n) => `${kind}${n}`));
const kinds = Object.fromEntries(machines.map((id) => [id, kindOf[id.slice(0, -1) as keyof typeof kindOf]]));

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'explain-model-'));
  folder = await recordRun(root, text, machines, { kinds });
});
afterAll(() => rm(root, { recursive: true }));

async function explained(learner: string, ...more: string[]): Promise<string> {
  const { exitCode, stderr, stdout } = await stackbed([
    ...['explain-model', folder.path, '--learner', learner, ...more],
  ]);
  expect(exitCode, stderr).toBe(0);
  return stdout;
}

describe('explain-model on a recorded run', () => {
  it('prints the tree that there is to grow: fields, probes, values and machines', async () => {
    const [head, empty, ...lines] = (await explained('c45')).split('\n');
    expect(head).toBe('c45, kernel level 2, 9 machines');
    expect(empty).toBe('');
    const [end] = [...lines.keys()].filter((line) => lines[line] === '');
    // The TTL sets red apart, then the window green; 16 probes are answered, 4 of them by a SYN-ACK.
    expect(lines.slice(0, end)).toEqual([
      'ip.ttl of probe 0 (+15 alike) = 32: red (3)',
      'ip.ttl of probe 0 (+15 alike) = 64',
      '|   tcp.window of probe 2 (+3 alike) = 64240: blue (3)',
      '|   tcp.window of probe 2 (+3 alike) = 1024: green (3)',
    ]);
  });

  it('names what a merged column stands for', async () => {
    const { columns, machines: count, model } = JSON.parse(await explained('c45', '--json'));
    expect(count).toBe(9);
    expect(model).toMatch(/^(ip\.ttl|tcp\.window) of probe \d+/);
    const byField = new Map<string, { members: { probe: number; field: string }[]; probe: number }>(
      columns.map((one: { field: string }) => [one.field, one]),
    );
    expect([...byField.keys()].sort()).toEqual(['ip.ttl', 'tcp.window']);
    const { members, probe } = byField.get('ip.ttl')!;
    expect(members[0]).toEqual({ probe, field: 'ip.ttl' });
    // Every answered probe shows the TTL, and each in that field alone.
    expect(new Set(members.map(({ field }) => field))).toEqual(new Set(['ip.ttl']));
    expect(new Set(members.map((one) => one.probe)).size).toBe(members.length);
    expect(members.length).toBeGreaterThan(byField.get('tcp.window')!.members.length);
    expect(await explained('c45')).toMatch(
      /these stand for others that split the machines alike:\n {2}ip\.ttl of probe \d+ = ip\.ttl of probe \d+, /,
    );
  });

  it('tells a forest’s estimate and what it loses by shuffling', async () => {
    const lines = await explained('random-forest');
    expect(lines).toMatch(/^out of bag: [\d.]+ % of the machines are answered right$/m);
    expect(lines).toMatch(
      /lost where a column is shuffled:\n {2}-?[\d.]+ points (ip\.ttl|tcp\.window) of probe/,
    );
    const { columns, out_of_bag: share } = JSON.parse(await explained('random-forest', '--json'));
    expect(share).toBeGreaterThan(0.5);
    const weights = columns.map(({ weight }: { weight: number }) => weight);
    expect(weights).toEqual([...weights].sort((one, other) => other - one));
  });

  it('tells what a linear model weighs and what a tuned one chose', async () => {
    const { columns } = JSON.parse(await explained('svm', '--json'));
    expect(columns.length).toBe(2);
    for (const { weight } of columns) expect(weight).toBeGreaterThan(0);
    expect(await explained('knn-tuned')).toMatch(/^chosen on these machines: k = \d$/m);
  });

  it('says what there is where all machines are of one class', async () => {
    expect(await explained('c45', '--level', '1')).toMatch(/^linux 6\.x \(9\)$/m);
  });
});
