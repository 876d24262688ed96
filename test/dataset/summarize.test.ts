import { describe, expect, it } from 'vitest';
import { addDeterminism } from '../../src/dataset/summarize.js';
import { ABSENT, NO_RESPONSE, NONDET, PARTIAL } from '../../src/dataset/summary.js';
import { TextTable } from '../../src/dataset/texts.js';
import { type Answers, summaryOf } from './fixtures.js';

const none = undefined;
const answers: Answers = [
  [
    [64, 1],
    [64, 1],
    [64, 1],
  ],
  [
    [64, 1],
    [65, 1],
    [66, 2],
  ],
  [
    [64, 255],
    [64, 255],
    [64, 255],
  ],
  [
    [255, 1],
    [64, 1],
    [64, 1],
  ],
  [[64, 1], none, [64, 1]],
  [none, none, none],
];

describe('summarize', () => {
  const texts = new TextTable();
  texts.index('of another machine');
  const { summary, determinism } = summaryOf(answers, { machine: 'a', texts });
  const row = (probe: number) => [...summary.values.subarray(2 * probe, 2 * probe + 2)];
  const text = summary.texts.indexOf('text 1');

  it('keeps a field on which all copies agree', () => {
    expect(row(0)).toEqual([64, text]);
  });

  it('calls a field nondeterministic on which they differ', () => {
    expect(row(1)).toEqual([NONDET, NONDET]);
  });

  it('takes absence for a value: agreed on it stays, mixed it is nondeterministic', () => {
    expect(row(2)).toEqual([64, ABSENT]);
    expect(row(3)).toEqual([NONDET, text]);
  });

  it('keeps nothing of a probe that some copies answered', () => {
    expect(row(4)).toEqual([PARTIAL, PARTIAL]);
  });

  it('has a value for silence', () => {
    expect(row(5)).toEqual([NO_RESPONSE, NO_RESPONSE]);
  });

  it('counts the answers of each probe', () => {
    expect([...summary.answers]).toEqual([3, 3, 3, 3, 2, 0]);
    expect(summary).toMatchObject({ machine: 'a', probes: 6, copies: 3 });
    expect(summary.texts).toBe(texts.texts);
  });

  it('counts distinct values, answered copies and constant fields, for the figures of the paper', () => {
    // Of the eight fields of the four answered probes one is absent throughout: it is neither.
    expect(determinism.uniqueValues).toEqual([4, 2, 1]);
    expect(determinism.agreeing).toEqual([7, 5, 4]);
    expect(determinism.answeredCopies).toEqual([1, 0, 1, 4]);
    expect(determinism.constant).toEqual([2, 2]);
    expect(determinism.nondeterministic).toEqual([2, 1]);
  });

  it('lets a single copy speak for itself', () => {
    const { summary: single } = summaryOf([[[9, 9]], [none]]);
    expect([...single.values]).toEqual([9, 0, NO_RESPONSE, NO_RESPONSE]);
  });

  it('does not let the answers to one probe spill into the next', () => {
    const { summary: two } = summaryOf([
      [
        [1, 1],
        [1, 1],
      ],
      [none, [2, 2]],
      [
        [3, 3],
        [3, 3],
      ],
    ]);
    expect([...two.values]).toEqual([1, 0, PARTIAL, PARTIAL, 3, two.texts.indexOf('text 3')]);
  });
});

describe('addDeterminism', () => {
  it('adds up machine by machine', () => {
    const { determinism } = summaryOf(answers);
    const sum = addDeterminism([determinism, determinism, determinism], 3, 2);
    expect(sum).toEqual({
      uniqueValues: [12, 6, 3],
      agreeing: [21, 15, 12],
      answeredCopies: [3, 0, 3, 12],
      constant: [6, 6],
      nondeterministic: [6, 3],
    });
  });

  it('is all zeros for no machine', () => {
    expect(addDeterminism([], 2, 1)).toEqual({
      uniqueValues: [0, 0],
      agreeing: [0, 0],
      answeredCopies: [0, 0, 0],
      constant: [0],
      nondeterministic: [0],
    });
  });
});

describe('TextTable', () => {
  it('gives equal texts equal indices, in the order in which they came', () => {
    const table = new TextTable();
    expect(['b', 'a', 'b', '', 'a'].map((text) => table.index(text))).toEqual([0, 1, 0, 2, 1]);
    expect(table.texts).toEqual(['b', 'a', '']);
  });
});
