import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { stackbed } from '../support/cli.js';

const folder = mkdtempSync(join(tmpdir(), 'stackbed-evaluate-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const path = join(folder, 'stacks.csv');
const rows = Array.from({ length: 40 }, (_, row) => [
  row % 2 ? 64 : 128,
  row % 3,
  row % 2 ? 'a' : 'b',
  row % 8,
]);
writeFileSync(path, ['ttl,noise,os,box', ...rows.map((row) => row.join(','))].join('\n'));

describe('stackbed evaluate on a table', () => {
  it('learns what a column tells, and says that numbers were taken as such', async () => {
    const { stdout, exitCode } = await stackbed([
      'evaluate',
      path,
      '--label',
      'os',
      '--learner',
      'c45,majority',
    ]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/40 rows, 3 columns, 3 distinct partitions/);
    expect(stdout).toMatch(/3 numeric columns, taken as numbers/);
    expect(stdout).toMatch(/c45\s+100\s%/);
    expect(stdout).toMatch(/c45 - majority\s+50\.0 points/);
  });

  it('says for whom numbers were put into bins', async () => {
    const args = ['evaluate', path, '--label', 'os', '--learner', 'c45,logistic', '--bins', '4'];
    const { stdout } = await stackbed(args);
    expect(stdout).toMatch(
      /3 numeric columns, in 4 bins of equal width, whatever their labels, for logistic\n/,
    );
  });

  it('says what was tuned, and what is right out of bag', async () => {
    const args = ['evaluate', path, '--label', 'os', '--learner', 'knn-tuned,random-forest', '--folds', '4'];
    const { stdout, exitCode } = await stackbed(args);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/knn-tuned: k = \d in \d models/);
    expect(stdout).toMatch(/random-forest: 100\s% out of bag/);
  });

  it('keeps groups apart and prints JSON', async () => {
    const args = [
      'evaluate',
      path,
      '--label',
      'os',
      '--group',
      'box',
      '--folds',
      '4',
      '--learner',
      'knn',
      '--json',
    ];
    const { stdout } = await stackbed(args);
    const { columns, experiments } = JSON.parse(stdout);
    expect(columns).toBe(2);
    expect(experiments[0]).toMatchObject({ learner: 'knn', split: 'by box', folds: 4, machines: 40 });
  });

  it('speaks of rows where there are too few', async () => {
    const lonely = join(folder, 'lonely.csv');
    writeFileSync(lonely, 'ttl,os\n64,a\n128,\n');
    const { exitCode, stderr } = await stackbed(['evaluate', lonely, '--label', 'os']);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/at least 2 labelled rows, and there is 1/);
    expect(stderr).toMatch(/a table with more rows that have a label/);
  });

  it.each([
    [['evaluate', path], /say which column is to be learnt/],
    [['evaluate', path, '--label', 'OS'], /has no column "OS"[\s\S]*ttl, noise, os, box/],
    [['evaluate', path, '--label', 'os', '--learner', 'c5'], /no learner c5/],
    [['evaluate', join(folder, 'none.arff'), '--label', 'os'], /cannot read/],
    [['evaluate', folder], /not the folder of a run/],
    [['evaluate', folder, '--label', 'os'], /--label is for a table/],
    [['explain-model', folder], /not the folder of a run/],
    [['export', folder, '--arff', join(folder, 'out.arff')], /not the folder of a run/],
  ])('refuses %j', async (args, message) => {
    const { exitCode, stderr } = await stackbed(args);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(message);
  });
});
