import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NO_RESPONSE, NONDET } from '../../src/dataset/summary.js';
import { behaviourClasses, classLetters } from '../../src/scenario/behaviour-classes.js';
import { partial, summary } from './summaries.js';

const classesOf = (rows: readonly (readonly (readonly number[] | null)[])[], rule: 'drop' | 'missing') => {
  const width = Math.max(...rows.flatMap((row) => row.map((probe) => probe?.length ?? 0)));
  const summaries = rows.map((row, index) => summary(`m${index}`, row, width));
  return [...behaviourClasses(summaries, width, rule).values()];
};

test('letters go on after Z', () => {
  expect([0, 1, 25, 26, 27, 51, 52, 701, 702].map(classLetters)).toEqual([
    'A',
    'B',
    'Z',
    'AA',
    'AB',
    'AZ',
    'BA',
    'ZZ',
    'AAA',
  ]);
});

describe('behaviour classes', () => {
  test('are machines of equal summaries, lettered by their first machine', () => {
    const [one, other] = [
      [
        [64, 5],
        [1, NONDET],
      ],
      [
        [64, 5],
        [1, 7],
      ],
    ];
    expect(classesOf([other!, one!, other!, one!], 'drop')).toEqual(['A', 'B', 'A', 'B']);
  });

  test('tell silence from an answer, and nondeterminism from a value', () => {
    const silent = [[NO_RESPONSE, NO_RESPONSE]];
    expect(classesOf([silent, [[1, 2]], [[1, NONDET]], silent], 'drop')).toEqual(['A', 'B', 'C', 'A']);
  });

  test('under `drop` leave out a probe that any machine answered in part', () => {
    const rows = [
      [[1], [2]],
      [[9], [2]],
      [partial, [2]],
      [[1], [3]],
    ];
    expect(classesOf(rows, 'drop')).toEqual(['A', 'A', 'A', 'B']);
    expect(classesOf([[partial], [[1]]], 'drop')).toEqual([null, null]);
  });

  test('under `missing` let a partial answer fit any, and learn from each member', () => {
    const rows = [
      [partial, [2]],
      [[1], [2]],
      [[9], [2]],
      [[9], partial],
      [partial, partial],
    ];
    expect(classesOf(rows, 'missing')).toEqual(['A', 'A', 'B', 'B', 'A']);
  });

  test('are the partition by equality when nothing is partial, in any dimension', () => {
    const value = fc.constantFrom(0, 1, NONDET, NO_RESPONSE);
    const row = fc.array(fc.tuple(value, value), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(
        fc.array(row, { minLength: 1, maxLength: 12 }),
        fc.constantFrom('drop', 'missing'),
        (rows, rule) => {
          const classes = classesOf(rows, rule as 'drop' | 'missing');
          rows.forEach((a, i) => {
            rows.forEach((b, j) => {
              expect(classes[i] === classes[j]).toBe(JSON.stringify(a) === JSON.stringify(b));
            });
          });
          expect([...new Set(classes)]).toEqual([...new Set(classes)].map((_, index) => classLetters(index)));
        },
      ),
    );
  });

  test('of no machines are none', () => {
    expect(behaviourClasses([], 1, 'drop').size).toBe(0);
  });
});
