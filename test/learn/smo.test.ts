import { describe, expect, it } from 'vitest';
import { FreeSet } from '../../src/learn/free-set.js';
import { JavaRandom } from '../../src/learn/java-random.js';

describe('JavaRandom', () => {
  it.each([
    [42, [30, 63, 48, 84, 70]],
    [1, [85, 88, 47, 13, 54]],
  ])('draws as java.util.Random does from seed %i', (seed, expected) => {
    const random = new JavaRandom(seed);
    expect(expected.map(() => random.below(100))).toEqual(expected);
  });

  it('draws below every bound, powers of two among them', () => {
    const random = new JavaRandom(7);
    for (const bound of [1, 2, 3, 64, 1000, 2 ** 30, 2 ** 31 - 1]) {
      for (let draw = 0; draw < 50; draw++) {
        const drawn = random.below(bound);
        expect(Number.isInteger(drawn) && drawn >= 0 && drawn < bound).toBe(true);
      }
    }
  });
});

describe('FreeSet', () => {
  const members = (set: FreeSet) => {
    const found = [];
    for (let member = set.first; member >= 0; member = set.next(member)) found.push(member);
    return found;
  };

  it('goes from the member that entered last to the one that entered first', () => {
    const set = new FreeSet(6);
    for (const number of [3, 0, 5, 1]) set.keep(number, true);
    expect(members(set)).toEqual([1, 5, 0, 3]);
    set.keep(5, true);
    set.keep(0, false);
    set.keep(0, false);
    expect(members(set)).toEqual([1, 5, 3]);
    for (const number of [1, 3]) set.keep(number, false);
    expect(members(set)).toEqual([5]);
    expect([set.has(5), set.has(3)]).toEqual([true, false]);
    set.keep(5, false);
    expect(members(set)).toEqual([]);
  });
});
