import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeSummaries } from '../../src/dataset/summary-store.js';
import { fields } from '../../src/probe/fields.js';
import { assemble } from '../../src/scenario/assemble.js';
import { rawColumns, readLearningData } from '../../src/scenario/learning-data.js';
import type { RunFolder } from '../../src/scenario/run-folder.js';
import { recordRun } from './recorded-run.js';

let root: string;
let run: RunFolder;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'learning-'));
  const text = `
machines: [{image: linux-6.12}]
path: {forward: [loss: 40%]}
probes: {count: 40, copies: 2}
dataset: {partial: missing}
`;
  run = await recordRun(root, text, ['a', 'b', 'c']);
});
afterAll(() => rm(root, { recursive: true }));

/** What learners are given, written out. */
async function learnt() {
  const { matrix, summaries } = await readLearningData(run);
  const answers = summaries.map((summary) => [summary.machine, [...summary.answers]]);
  return { answers, rows: matrix.rows, totals: matrix.totals, columns: rawColumns(matrix) };
}

describe('what learners are given', () => {
  it('is the same of the summary that a run wrote as of its raw responses', async () => {
    const summary = run.file('summary.parquet');
    const ofRaw = await learnt();
    expect(ofRaw.columns.length).toBeGreaterThan(0);
    await assemble(run);
    const whole = await readFile(summary);
    const responses = run.file(join('machines', 'b', 'responses.parquet'));
    const raw = await readFile(responses);
    await rm(responses);
    expect(await learnt()).toEqual(ofRaw);
    await writeFile(responses, raw);

    await writeFile(
      summary,
      whole.map((byte, at) => (at === 50 ? byte ^ 1 : byte)),
    );
    expect(await learnt(), 'a damaged summary').toEqual(ofRaw);

    await writeFile(summary, whole);
    const { summaries } = await readLearningData(run);
    writeSummaries(summary, summaries.slice(0, 2), fields);
    expect(await learnt(), 'a summary of fewer machines').toEqual(ofRaw);
  });
});
