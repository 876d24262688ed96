import { describe, expect, it } from 'vitest';
import { figure, median, type Report, table } from '../../bench/figures.js';

const time = { name: 'boot', unit: 'ms', better: 'less', goal: 2 } as const;

describe('a figure', () => {
  it('is compared with the best peer, so that more is better', () => {
    expect(figure(time, 100, { slow: 900, quick: 250 })).toMatchObject({ ratio: 2.5, holds: true });
    expect(figure(time, 100, { quick: 150 })).toMatchObject({ ratio: 1.5, holds: false });
    const rate = { ...time, unit: 'packets/s', better: 'more' } as const;
    expect(figure(rate, 100, { slow: 10, quick: 50 })).toMatchObject({ ratio: 2, holds: true });
  });

  it('says why a peer has none, and claims nothing without peers', () => {
    const alone = figure(time, 100, { other: { missing: 'not packaged' } });
    expect(alone).toMatchObject({ ratio: null, holds: null, peers: { other: null } });
    expect(alone.missing).toEqual({ other: 'not packaged' });
    const report: Report = { bench: 'boot', at: '', host: {}, figures: [alone] };
    expect(table(report)).toBe(
      [
        '| figure | unit | ours | other | ratio | goal | holds |',
        '|--------|------|------|-------|-------|------|-------|',
        '| boot   | ms   | 100  | -     | -     | 2.00 | -     |',
        '',
        'other: not packaged',
      ].join('\n'),
    );
  });

  it('of a peer may need a word on what it means, which stands below the table', () => {
    const report: Report = {
      ...{ bench: 'boot', at: '', host: {}, notes: { other: 'to its first word' } },
      figures: [figure(time, 100, { other: 300 }), figure(time, 200, { other: 300 })],
    };
    expect(table(report).split('\n').slice(4)).toEqual(['', 'other: to its first word']);
  });
});

it('the median of an even number is the mean of the middle two, and of none an error', () => {
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(median([9, 1, 5])).toBe(5);
  expect(() => median([])).toThrow(RangeError);
});
