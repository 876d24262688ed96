import { describe, expect, it } from 'vitest';
import { buildMatrix } from '../../src/dataset/matrix.js';
import type { FieldSpec } from '../../src/dataset/summary.js';
import { fieldGains, highValueFields } from '../../src/learn/index.js';
import { summariesOf } from '../dataset/matrix-table.js';
import { weather } from './weather.js';

describe('fieldGains', () => {
  it('knows the weather', () => {
    const { entropy, fields } = fieldGains(buildMatrix(weather.summaries, weather.fields), weather.labels);
    expect(entropy).toBeCloseTo(0.9403, 4);
    expect(fields.map(({ field }) => field)).toEqual(['outlook', 'humidity', 'wind', 'temperature']);
    expect(fields[0]!.gain).toBeCloseTo(0.2467, 4);
  });

  it('names the best probe of each field, the first of equals, and counts those that split', () => {
    const fields: FieldSpec[] = ['ip.ttl', 'ip.id', 'ip.tos'].map((name) => ({ name, kind: 'number' }));
    const summaries = summariesOf(fields, [
      [
        [1, 1, 0],
        [1, 9, 0],
        [1, 1, 0],
      ],
      [
        [1, 2, 0],
        [1, 9, 0],
        [1, 1, 0],
      ],
      [
        [1, 1, 0],
        [2, 9, 0],
        [5, 1, 0],
      ],
      [
        [2, 2, 0],
        [2, 9, 0],
        [5, 1, 0],
      ],
    ]);
    const gains = fieldGains(buildMatrix(summaries, fields), ['a', 'a', 'b', 'b']);
    expect(gains.entropy).toBe(1);
    expect(gains.fields).toEqual([
      { field: 'ip.ttl', gain: 1, probe: 1, columns: 3 },
      { field: 'ip.id', gain: 0, probe: 0, columns: 1 },
      { field: 'ip.tos', gain: 0, probe: 0, columns: 0 },
    ]);
  });

  it('has no entropy and no gain where there is one class', () => {
    const gains = fieldGains(
      buildMatrix(weather.summaries, weather.fields),
      weather.labels.map(() => 'same'),
    );
    expect(gains.entropy).toBe(0);
    expect(gains.fields.every(({ gain }) => gain === 0)).toBe(true);
  });
});

describe('highValueFields', () => {
  const matrix = buildMatrix(weather.summaries, weather.fields);

  it('chooses, splits and goes on in the parts', () => {
    const { choices, fields } = highValueFields(matrix, weather.labels);
    expect(fields).toEqual(['outlook', 'humidity', 'wind']);
    expect(choices.map(({ field, machines }) => [field, machines])).toEqual([
      ['outlook', 14],
      ['humidity', 5],
      ['wind', 5],
    ]);
    expect(choices[1]!.gain).toBeCloseTo(0.971, 3);
  });

  it('looks at the training machines alone', () => {
    const rows = Int32Array.from(weather.labels.keys()).filter((row) => weather.labels[row] === 'yes');
    expect(highValueFields(matrix, weather.labels, rows)).toEqual({ fields: [], choices: [] });
  });

  it('names the fields that would have done as well', () => {
    const fields: FieldSpec[] = ['ip.ttl', 'tcp.window'].map((name) => ({ name, kind: 'number' }));
    const twins = buildMatrix(summariesOf(fields, [[[1, 4]], [[2, 8]]]), fields);
    expect(highValueFields(twins, ['a', 'b']).choices).toEqual([
      { field: 'ip.ttl', probe: 0, gain: 1, machines: 2, alike: ['tcp.window'] },
    ]);
  });
});
