import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSeal, seal, sealAt } from '../../src/dataset/seal.js';
import type { MachineSummary } from '../../src/dataset/summary.js';
import { revisionKey, summaryRevision, writeSummaries } from '../../src/dataset/summary-store.js';
import { fields } from '../../src/probe/fields.js';
import { assemble } from '../../src/scenario/assemble.js';
import { rawColumns, readLearningData } from '../../src/scenario/learning-data.js';
import { digestOf, readConditions } from '../../src/scenario/measured-conditions.js';
import { RunFolder } from '../../src/scenario/run-folder.js';
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

/** With a TTL that its machine did not have. */
function altered({ answers, copies, machine, probes, texts, values }: MachineSummary): MachineSummary {
  const other = values.map((value) => (value === 64 ? 32 : value));
  return { machine, probes, copies, answers, texts, values: other };
}

/** A summary with another revision in its footer. */
function revised(file: Buffer): Buffer {
  const bytes = Buffer.from(file);
  bytes.write('0', bytes.lastIndexOf(revisionKey) + revisionKey.length + 2, 'latin1');
  bytes.write(openSeal, sealAt(bytes), 'latin1');
  seal(bytes);
  return bytes;
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

    // What another revision wrote: the same footer but for the revision, and a TTL that the responses do not have.
    writeSummaries(summary, [altered(summaries[0]!), ...summaries.slice(1)], fields);
    expect(await learnt(), 'a sound summary is believed').not.toEqual(ofRaw);
    const own = await readFile(summary);
    await writeFile(summary, revised(own));
    expect(await learnt(), 'a summary of another revision').toEqual(ofRaw);
  });

  it('is of the revision that says what summaries mean', async () => {
    const path = join(root, 'golden');
    await cp(fileURLToPath(new URL('../golden/small-run', import.meta.url)), path, { recursive: true });
    await writeFile(join(path, 'manifest.json'), '{}');
    const golden = RunFolder.open(path);
    const { scenario } = await golden.readScenario();
    const machines = await readdir(golden.file('machines'));
    const records = await Promise.all(machines.map((id) => golden.readRecord(id)));
    const measured = await readConditions(
      golden,
      scenario,
      records.filter((record) => record !== undefined),
    );
    // Where the digest changes, responses mean something else: raise the revision.
    expect({ [summaryRevision]: digestOf(measured).slice(0, 16) }).toEqual({ '1': '081bf7be9faf3d27' });
  });
});
