import { describe, expect, it } from 'vitest';
import * as format from '../../src/report/format.js';

const plain = (text: string) => text.replaceAll('\u00a0', ' ').replaceAll('\u2011', '-');

describe('numbers for people', () => {
  it.each([
    [0, '0'],
    [1234567, '1,234,567'],
    [2.5, '2.5'],
    [1 / 3, '0.333'],
  ])('counts %s as %s', (count, text) => expect(format.formatCount(count)).toBe(text));

  it.each([
    [0, '0 %'],
    [1, '100 %'],
    [0.6123, '61.2 %'],
    [0.05, '5.00 %'],
    [0.0024, '0.24 %'],
    [0.00001, '<0.01 %'],
    [0.99996, '>99.9 %'],
  ])('shares %s as %s', (share, text) => expect(plain(format.formatShare(share))).toBe(text));

  it('never rounds a share to all or nothing', () => {
    for (const share of [1e-12, 1e-4, 0.9994, 0.9996, 1 - 1e-12]) {
      expect(plain(format.formatShare(share))).not.toMatch(/^(0|100) %$/);
    }
  });

  it.each([
    [0, '0 ms'],
    [850.4, '850 ms'],
    [1425, '1.43 s'],
    [3500, '3.50 s'],
    [59_990, '1 min 0 s'],
    [754_000, '12 min 34 s'],
    [3_599_700, '1 h 0 min'],
    [7_260_000, '2 h 1 min'],
  ])('durations of %s ms as %s', (ms, text) => expect(plain(format.formatDuration(ms))).toBe(text));

  it('intervals, memory, bits and ratios', () => {
    expect(plain(format.formatInterval([0.52, 0.697]))).toBe('52.0–69.7 %');
    expect(plain(format.formatMemory(256))).toBe('256 MiB');
    expect(plain(format.formatMemory(24105))).toBe('23.5 GiB');
    expect(plain(format.formatBits(1.5849))).toBe('1.58 bits');
    expect(plain(format.formatBits(0.001))).toBe('<0.01 bits');
    expect(format.formatRatio(1, 0)).toBe('–');
  });

  it('instants to the second; other text untouched', () => {
    expect(plain(format.formatInstant('2001-02-03T04:05:06.789Z'))).toBe('2001-02-03 04:05:06 UTC');
    expect(format.formatInstant('yesterday')).toBe('yesterday');
  });

  it('plurals and medians', () => {
    expect(format.plural(1, 'class', 'classes')).toBe('1 class');
    expect(format.plural(1200, 'machine')).toBe('1,200 machines');
    expect(format.median([])).toBeUndefined();
    expect(format.median([3, 1, 2])).toBe(2);
    expect(format.median([4, 1, 2, 3])).toBe(2.5);
  });
});
