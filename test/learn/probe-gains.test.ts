import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildMatrix } from '../../src/dataset/matrix.js';
import type { FieldSpec } from '../../src/dataset/summary.js';
import { fieldGains, probeGains } from '../../src/learn/index.js';
import { type Cell, summariesOf } from '../dataset/matrix-table.js';

const fields: FieldSpec[] = ['ip.ttl', 'tcp.window'].map((name) => ({ name, kind: 'number' }));
const labels = ['a', 'b', 'c', 'd'];

/** `rows[machine][probe]` has both fields. */
const gainsOf = (rows: readonly (readonly (readonly Cell[])[])[], names: readonly string[] = labels) =>
  probeGains(buildMatrix(summariesOf(fields, rows), fields), names);

describe('probeGains', () => {
  it('adds up what the fields of a response tell together', () => {
    // Probe 0 says nothing, 1 a bit in one field, 2 the same bit in both fields, 3 a bit in each.
    const gains = gainsOf(
      [0, 1, 2, 3].map((kind) => {
        const [low, high] = [kind & 1, kind >> 1];
        return [
          [7, 7],
          [low, 7],
          [high, high],
          [low, high],
        ];
      }),
    );
    expect(gains).toEqual([
      { probe: 3, gain: 2, field: 'ip.ttl', field_gain: 1, fields: 2 },
      { probe: 1, gain: 1, field: 'ip.ttl', field_gain: 1, fields: 1 },
      { probe: 2, gain: 1, field: 'ip.ttl', field_gain: 1, fields: 2 },
    ]);
  });

  it('names the field that tells most', () => {
    const gains = gainsOf([[[1, 1]], [[1, 2]], [[1, 3]], [[2, 4]]]);
    expect(gains[0]).toMatchObject({ probe: 0, gain: 2, field: 'tcp.window', field_gain: 2 });
  });

  it('leaves machines out that lack the response, as a column does', () => {
    const rows = [[[1, 5]], [[1, 6]], [[2, 5]], [[2, 6]]];
    const summaries = summariesOf(fields, rows, [[6], [6], [6], [3]]);
    const matrix = buildMatrix(summaries, fields, { partial: 'missing' });
    // Three machines are told apart wholly: log2(3) bits of each, of four.
    expect(probeGains(matrix, labels)[0]!.gain).toBeCloseTo((3 / 4) * Math.log2(3), 12);
  });

  it('tells no less than the best field, and no more than there is', () => {
    const cell = fc.tuple(fc.nat(2), fc.nat(2));
    const row = fc.array(cell, { minLength: 3, maxLength: 3 });
    const table = fc.array(row, { minLength: 12, maxLength: 12 });
    fc.assert(
      fc.property(table, (rows) => {
        const names = rows.map((_, machine) => 'abcd'[machine % 4]!);
        const matrix = buildMatrix(summariesOf(fields, rows), fields);
        const { entropy, fields: ofFields } = fieldGains(matrix, names);
        const gains = probeGains(matrix, names);
        for (const one of gains) {
          expect(one.gain).toBeGreaterThanOrEqual(one.field_gain - 1e-9);
          expect(one.gain).toBeLessThanOrEqual(entropy + 1e-9);
        }
        const best = Math.max(0, ...gains.map((one) => one.field_gain));
        expect(best).toBeCloseTo(ofFields[0]!.gain, 9);
      }),
    );
  });

  it('is empty where nothing splits the machines', () => {
    expect(gainsOf(labels.map(() => [[1, 1]]))).toEqual([]);
  });
});
