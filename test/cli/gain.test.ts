import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assemble } from '../../src/scenario/assemble.js';
import type { RunFolder } from '../../src/scenario/run-folder.js';
import { recordRun } from '../scenario/recorded-run.js';
import { stackbed } from '../support/cli.js';

let root: string;
let folder: RunFolder;
const text = `
name: telling
seed: 3
machines: [{image: linux-6.12}]
probes: {count: 40, copies: 2}
experiments: [{kind: accuracy, hierarchy: kernel, level: [1, 2], learner: majority}]
`;
// The TTL tells a from b and c, the window b from c.
const kinds = {
  a1: { ttl: 32, release: 'a' },
  a2: { ttl: 32, release: 'a' },
  b1: { window: 1024, release: 'b' },
  b2: { window: 1024, release: 'b' },
  c1: { release: 'c' },
  c2: { release: 'c' },
};

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'gain-'));
  folder = await recordRun(root, text, Object.keys(kinds), { kinds });
});
afterAll(() => rm(root, { recursive: true }));

describe('stackbed gain', () => {
  it('tells what fields and probes tell, and what is chosen in the parts', async () => {
    const { exitCode, stdout } = await stackbed(['gain', folder.path, '--json']);
    expect(exitCode).toBe(0);
    const { entropy, fields, high_value, machines, probes } = JSON.parse(stdout);
    expect(machines).toBe(6);
    expect(entropy).toBeCloseTo(Math.log2(3), 12);
    const bits = new Map<string, number>(
      fields.map((one: { field: string; gain: number }) => [one.field, one.gain]),
    );
    const oneOfThree = Math.log2(3) - 2 / 3;
    expect(bits.get('ip.ttl')).toBeCloseTo(oneOfThree, 9);
    expect(bits.get('tcp.window')).toBeCloseTo(oneOfThree, 9);
    expect(bits.get('tcp.flags')).toBe(0);
    // A SYN to the open port shows both.
    expect(probes[0].gain).toBeCloseTo(entropy, 9);
    expect(probes[0].fields).toBeGreaterThanOrEqual(2);
    expect(probes.at(-1).gain).toBeCloseTo(oneOfThree, 9);
    expect(new Set(high_value.fields)).toEqual(new Set(['ip.ttl', 'tcp.window']));
    expect(high_value.choices.map((one: { machines: number }) => one.machines)).toEqual([6, 4]);
    expect(high_value.choices[1].gain).toBeCloseTo(1, 9);
  });

  it('says so in lines, as many as are asked for', async () => {
    const { stdout } = await stackbed(['gain', folder.path, '--show', '1']);
    expect(stdout).toMatch(/^kernel level 2: 6 machines of 3 classes, entropy of the labels 1\.585 bits$/m);
    expect(stdout).toMatch(/chosen again and again in the parts of the machines: ip\.ttl, tcp\.window$/m);
    expect(stdout).toMatch(/^ip\.ttl +\d+ +0\.918 +6$/m);
    expect(stdout).toMatch(/^\.\.\. 1 more$/m);
  });

  it('says where there is nothing to tell apart', async () => {
    const { exitCode, stdout } = await stackbed(['gain', folder.path, '--level', '1']);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/6 machines of 1 class, .*: there is nothing to tell apart/);
  });

  it.each([
    [['gain', tmpdir()], /not the folder of a run/],
    [['gain', '.', '--show', '0'], /whole number from 1/],
    [['gain', '.', '--level', '3'], /Allowed choices are 0, 1, 2/],
  ])('refuses %j', async (args, cause) => {
    const { exitCode, stderr } = await stackbed(args);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(cause);
  });

  it('is what the result of the run has, for each level that was learnt', async () => {
    const { information_gain: gains } = await assemble(folder);
    expect(gains.map(({ hierarchy, level }) => `${hierarchy} ${level}`)).toEqual(['kernel 1', 'kernel 2']);
    const { stdout } = await stackbed(['gain', folder.path, '--json']);
    const { classes: _c, machines: _m, probes, ...told } = JSON.parse(stdout);
    const { probes: first, ...others } = gains[1]!;
    expect(told).toEqual(others);
    expect(first).toEqual(probes.slice(0, 20));
    expect(gains[0]!.high_value).toEqual({ fields: [], choices: [] });
  });
});
