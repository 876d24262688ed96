import { describe, expect, it } from 'vitest';
import { figure, median, type Report, table } from '../../bench/figures.js';

const time = { name: 'boot', unit: 'ms', better: 'less', goal: 2 } as const;

describe('a figure', () => {
  it('is compared with the best peer, so that more is better', () => {
    expect(figure(time, 100, { slow: 900, quick: 250 })).toMatchObject({ ratio: 2.5, holds: true });
    expect(figure(time, 100, { quick: 150 })).toMatchObject({ ratio: 1.5, holds: false });
    const beside = figure({ ...time, aside: ['helped'] }, 100, { slow: 900, helped: 50 });
    expect(beside).toMatchObject({ ratio: 9, peers: { slow: 900, helped: 50 } });
    const rate = { ...time, unit: 'packets/s', better: 'more' } as const;
    expect(figure(rate, 100, { slow: 10, quick: 50 })).toMatchObject({ ratio: 2, holds: true });
  });

  it('says why a peer has none, and claims nothing without peers', () => {
    const silent = { other: { missing: 'not packaged' } };
    expect(figure({ ...time, better: 'more' }, 100, silent)).toMatchObject({ ratio: null, holds: null });
    const alone = figure(time, 100, silent);
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

  it('is at least what a peer had spent when it was stopped', () => {
    const stopped = { missing: 'more than 9 s', atLeast: 900 };
    const bound = figure(time, 100, { stopped, gone: { missing: 'not packaged' } });
    expect(bound).toMatchObject({ ratio: 9, ratioAtLeast: true, holds: true, peers: { stopped: null } });
    expect(table({ bench: 'boot', at: '', host: {}, figures: [bound] })).toContain(
      '| > 900   | -    | > 9.00 |',
    );
    // A peer that ended sooner is the one that counts, and one that was stopped too early proves nothing.
    expect(figure(time, 100, { stopped, quick: 300 })).toMatchObject({ ratio: 3, ratioAtLeast: false });
    expect(figure(time, 100, { stopped, quick: 1500 })).toMatchObject({ ratio: 9, ratioAtLeast: true });
    expect(figure({ ...time, goal: 10 }, 100, { stopped })).toMatchObject({ ratio: 9, holds: null });
    expect(figure({ ...time, goal: 10 }, 100, { quick: 300 })).toMatchObject({ holds: false });
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
