import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyedRandom, type RandomStream, randomStream } from '../src/random.js';

const numbers = (count: number, next: () => number) => Array.from({ length: count }, next);
const words = (stream: RandomStream, count = 20) => numbers(count, () => stream.uint32());

/** Fails when counts that should be equal lie more than five standard deviations of chi-squared off. */
function expectUniform(counts: ArrayLike<number>) {
  const all = Array.from(counts);
  const expected = all.reduce((sum, count) => sum + count, 0) / all.length;
  const chiSquared = all.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  const freedom = all.length - 1;
  expect(chiSquared).toBeLessThan(freedom + 5 * Math.sqrt(2 * freedom));
  // Too even is not random either.
  expect(chiSquared).toBeGreaterThan(freedom - 5 * Math.sqrt(2 * freedom));
}

function histogram(values: readonly number[], bins: number): Uint32Array {
  const counts = new Uint32Array(bins);
  for (const value of values) counts[value]!++;
  return counts;
}

/** Correlation of two lists of numbers uniform in [0, 1), in its own standard deviations. */
function correlation(xs: readonly number[], ys: readonly number[]): number {
  const sum = xs.reduce((total, x, index) => total + (x - 0.5) * (ys[index]! - 0.5), 0);
  return Math.abs(sum / xs.length) / (1 / 12 / Math.sqrt(xs.length));
}

describe('randomStream', () => {
  it('gives equal streams for equal seed and name, and others otherwise', () => {
    const name = fc.string();
    fc.assert(
      fc.property(fc.nat(), name, fc.nat(), name, (seed, one, otherSeed, other) => {
        fc.pre(`${seed}/${one}` !== `${otherSeed}/${other}`);
        expect(words(randomStream(seed, one))).toEqual(words(randomStream(seed, one)));
        expect(words(randomStream(seed, one))).not.toEqual(words(randomStream(otherSeed, other)));
      }),
    );
  });

  it('gives the numbers it gave when this was written', () => {
    expect(words(randomStream(1, 'probes'), 4)).toEqual([114209988, 1860801723, 1038311595, 56836467]);
    expect(randomStream('a seed', 'x').float()).toBe(0.2417983603885696);
  });

  it('forks streams that know nothing of what their parent drew', () => {
    const parent = randomStream(1, 'parent');
    const before = words(parent.fork('child'));
    words(parent);
    expect(words(parent.fork('child'))).toEqual(before);
    expect(words(parent.fork('other'))).not.toEqual(before);
    expect(words(randomStream(1, 'parent'))).not.toEqual(before);
  });
});

describe('below', () => {
  it.each([2, 3, 7, 10, 64, 255])('is uniform below %d', (bound) => {
    const random = randomStream(1, `below ${bound}`);
    expectUniform(
      histogram(
        numbers(30_000, () => random.below(bound)),
        bound,
      ),
    );
  });

  it('is uniform where a plain remainder would favour small numbers', () => {
    const random = randomStream(1, 'large bound');
    const quarter = 2 ** 30;
    const thirds = numbers(30_000, () => Math.floor(random.below(3 * quarter) / quarter));
    expectUniform(histogram(thirds, 3));
  });

  it('covers its whole range, and nothing else', () => {
    const random = randomStream(1, 'range');
    expect(new Set(numbers(100, () => random.below(1)))).toEqual(new Set([0]));
    const all = numbers(1000, () => random.below(2 ** 32));
    expect(all.every((value) => Number.isInteger(value) && value >= 0 && value < 2 ** 32)).toBe(true);
    expect(Math.max(...all)).toBeGreaterThan(0.99 * 2 ** 32);
  });
});

describe('float', () => {
  it('is uniform in [0, 1)', () => {
    const random = randomStream(1, 'float');
    const floats = numbers(40_000, () => random.float());
    expect(floats.every((value) => value >= 0 && value < 1)).toBe(true);
    expectUniform(
      histogram(
        floats.map((value) => Math.floor(value * 50)),
        50,
      ),
    );
    expect(correlation(floats.slice(1), floats.slice(0, -1))).toBeLessThan(4);
  });

  it('has 53 random bits', () => {
    const random = randomStream(1, 'bits');
    const lowest = numbers(2000, () => (random.float() * 2 ** 53) % 2);
    expectUniform(histogram(lowest, 2));
    const twentySeventh = numbers(2000, () => Math.floor(random.float() * 2 ** 27) % 2);
    expectUniform(histogram(twentySeventh, 2));
  });
});

describe('shuffle', () => {
  it('permutes in place', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), fc.nat(), (values, seed) => {
        const shuffled = [...values];
        expect(randomStream(seed, 'shuffle').shuffle(shuffled)).toBe(shuffled);
        expect([...shuffled].sort()).toEqual([...values].sort());
      }),
    );
  });

  it('gives every permutation alike', () => {
    const random = randomStream(1, 'permutations');
    const counts = new Map<string, number>();
    for (let round = 0; round < 24_000; round++) {
      const order = random.shuffle(Uint8Array.of(0, 1, 2, 3)).join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    expectUniform([...counts.values()]);
  });
});

describe('keyedRandom', () => {
  const word = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });

  it('is a function of its key, whatever was asked before', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(word, word, word, word), { minLength: 1 }), fc.nat(), (keys, seed) => {
        const random = keyedRandom(seed, 'x');
        const forwards = keys.map((key) => random(...key));
        const fresh = keyedRandom(seed, 'x');
        const backwards = [...keys].reverse().map((key) => fresh(...key));
        expect(backwards.reverse()).toEqual(forwards);
        expect(forwards.every((value) => value >= 0 && value < 1)).toBe(true);
      }),
    );
  });

  it('depends on seed, name and every word of the key', () => {
    const key = [1, 2, 3, 4] as const;
    const draws = [
      keyedRandom(1, 'x')(...key),
      keyedRandom(2, 'x')(...key),
      keyedRandom(1, 'y')(...key),
      keyedRandom(1, 'x')(0, 2, 3, 4),
      keyedRandom(1, 'x')(1, 0, 3, 4),
      keyedRandom(1, 'x')(1, 2, 0, 4),
      keyedRandom(1, 'x')(1, 2, 3, 0),
      keyedRandom(1, 'x')(4, 3, 2, 1),
    ];
    expect(new Set(draws).size).toBe(draws.length);
  });

  type Key = Parameters<ReturnType<typeof keyedRandom>>;
  const along: [string, (index: number) => Key][] = [
    ['the first word', (index) => [index, 7, 0, 0]],
    ['the second', (index) => [7, index, 0, 0]],
    ['the third', (index) => [7, 7, index, 0]],
    ['the fourth', (index) => [7, 7, 0, index]],
    ['the upper half of a word', (index) => [7, index << 16, 0, 0]],
  ];

  it.each(along)('is uniform along %s, and neighbours are uncorrelated', (_word, keyOf) => {
    const random = keyedRandom(1, 'neighbours');
    const draws = Array.from({ length: 30_000 }, (_, index) => random(...keyOf(index)));
    expectUniform(
      histogram(
        draws.map((value) => Math.floor(value * 50)),
        50,
      ),
    );
    expect(correlation(draws.slice(1), draws.slice(0, -1))).toBeLessThan(4);
    expect(correlation(draws.slice(2), draws.slice(0, -2))).toBeLessThan(4);
    const pairs = draws.slice(1).map((value, i) => Math.floor(value * 6) * 6 + Math.floor(draws[i]! * 6));
    expectUniform(histogram(pairs, 36));
  });

  it('gives seeds that follow one another streams that know nothing of each other', () => {
    const one = keyedRandom(1, 'loss');
    const two = keyedRandom(2, 'loss');
    const draws = (random: typeof one) =>
      Array.from({ length: 20_000 }, (_, index) => random(index, 0, 0, 0));
    expect(correlation(draws(one), draws(two))).toBeLessThan(4);
  });
});
