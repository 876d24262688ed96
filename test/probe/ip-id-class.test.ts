import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ipIdClass } from '../../src/probe/ip-id-class.js';

/** What no answer below repeats. */
const asked = [9, 4711, 300, 8, 77];

test.each([
  ['zero', [0, 0, 0, 0]],
  ['constant', [7, 7, 7, 7]],
  ['incremental', [65_533, 65_535, 0, 4, 5]],
  ['byte-swapped', [0x0100, 0x0200, 0x0300, 0x0500]],
  ['rising', [100, 1700, 2900, 9000]],
  ['random', [41_000, 212, 60_001, 33_000]],
] as const)('%s', (name, ids) => {
  expect(ipIdClass(ids, asked)).toBe(name);
});

test('echoed', () => {
  expect(ipIdClass(asked, asked)).toBe('echoed');
});

test('two answers are no evidence', () => {
  expect(ipIdClass([], asked)).toBeUndefined();
  expect(ipIdClass([1, 2], asked)).toBeUndefined();
});

test('a counter is told wherever it stands', () => {
  fc.assert(
    fc.property(
      fc.nat(0xffff),
      fc.array(fc.integer({ min: 1, max: 10 }), { minLength: 2, maxLength: 8 }),
      (first, steps) => {
        const ids = [first];
        for (const step of steps) ids.push((ids.at(-1)! + step) & 0xffff);
        expect(ipIdClass(ids, [])).toBe('incremental');
      },
    ),
  );
});
