import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { datasetDigest } from '../../src/dataset/digest.js';
import { readRaw, writeRaw } from '../../src/dataset/raw.js';
import { RowTable } from '../../src/dataset/row-table.js';
import { fieldsOfFrames, summarize } from '../../src/dataset/summarize.js';
import { ABSENT, type MachineSummary, NO_RESPONSE, NONDET, PARTIAL } from '../../src/dataset/summary.js';
import { TextTable } from '../../src/dataset/texts.js';
import { type Answers, plain, rawOf, summaryOf, twoFields } from './fixtures.js';

const first: Answers = [
  [
    [64, 1],
    [64, 1],
  ],
  [
    [1, 2],
    [2, 2],
  ],
  [undefined, undefined],
];
const second: Answers = [
  [
    [128, 3],
    [128, 3],
  ],
  [undefined, [2, 2]],
  [
    [5, 255],
    [5, 255],
  ],
];

/** Both machines with one dictionary, which begins with `known`. */
function dataset(known: readonly string[] = []): [MachineSummary, MachineSummary] {
  const texts = new TextTable();
  for (const text of known) texts.index(text);
  return [
    summaryOf(first, { machine: 'a', texts }).summary,
    summaryOf(second, { machine: 'b', texts }).summary,
  ];
}

const plainDataset = () => dataset().map(plain) as [MachineSummary, MachineSummary];

const digest = (summaries: readonly MachineSummary[], fields = twoFields) => datasetDigest(summaries, fields);
const reference = digest(dataset());

describe('datasetDigest', () => {
  it('is a SHA-256, and the same every time', () => {
    expect(reference).toMatch(/^[0-9a-f]{64}$/);
    expect(digest(dataset())).toBe(reference);
  });

  it('does not depend on whether rows are shared', () => {
    expect(digest(plainDataset())).toBe(reference);
    const texts = new TextTable();
    const rows = new RowTable(twoFields.length);
    const shared = [first, second].map(
      (answers, index) => summaryOf(answers, { machine: 'ab'[index]!, texts, rows }).summary,
    );
    expect(digest(shared)).toBe(reference);
  });

  it('does not depend on the order of machines', () => {
    expect(digest([...dataset()].reverse())).toBe(reference);
  });

  it('does not depend on the order of the dictionary, nor on whether it is shared', () => {
    expect(digest(dataset(['text 3', 'never used', 'text 2', 'text 1']))).toBe(reference);
    expect(
      digest([summaryOf(first, { machine: 'a' }).summary, summaryOf(second, { machine: 'b' }).summary]),
    ).toBe(reference);
  });

  it('does not depend on when answers came, in which order they were kept, or on their files', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'digest-'));
    try {
      const path = join(folder, 'responses.parquet');
      await writeRaw(path, rawOf(first));
      const texts = new TextTable();
      const { summary } = summarize({
        machine: 'a',
        answers: fieldsOfFrames(await readRaw(path), (frame, out, at) => {
          out[at] = frame[0]!;
          out[at + 1] = texts.index(`text ${frame[1]}`);
        }),
        fields: 2,
        texts,
      });
      expect(digest([summary, dataset()[1]])).toBe(reference);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('changes with every value of every field of every probe', () => {
    const digests = [reference];
    for (let at = 0; at < 6; at++) {
      const [a, b] = plainDataset();
      const values = a.values.slice();
      values[at] = values[at] === 1 ? 0 : 1;
      digests.push(digest([{ ...a, values }, b]));
    }
    expect(new Set(digests).size).toBe(7);
  });

  it('tells absent, nondeterministic, partial, silent and plain values apart', () => {
    const [a, b] = plainDataset();
    const digests = [ABSENT, NONDET, PARTIAL, NO_RESPONSE, 0, 1].flatMap((value) =>
      [0, 1].map((at) => {
        const values = a.values.slice();
        values[at] = value;
        return digest([{ ...a, values }, b]);
      }),
    );
    // One of the twelve is the reference's own text.
    expect(new Set(digests).size).toBe(12);
  });

  it('changes with the text of a value, the answers, the copies, the names of machines and of fields', () => {
    const [a, b] = plainDataset();
    const answers = a.answers.slice();
    answers[0] = 1;
    const digests = [
      reference,
      digest([{ ...a, texts: a.texts.map((text) => `${text}!`) }, b]),
      digest([{ ...a, answers }, b]),
      digest([{ ...a, copies: 3 }, b]),
      digest([{ ...a, machine: 'c' }, b]),
      digest([
        { ...a, machine: 'b' },
        { ...b, machine: 'a' },
      ]),
      digest([a]),
      digest(dataset(), [{ name: 'other', kind: 'number' }, twoFields[1]!]),
      digest([]),
    ];
    expect(new Set(digests).size).toBe(digests.length);
  });
});
