import { describe, expect, it } from 'vitest';
import { insightLines, modelColumns } from '../../src/cli/model-columns.js';
import { buildMatrix } from '../../src/dataset/matrix.js';
import type { Insight, Model } from '../../src/learn/learner.js';
import { columnsOf } from '../dataset/matrix-table.js';

const one = [0, 0, 1, 1];
const other = [0, 1, 0, 1];
const { fields, summaries } = columnsOf([one, other, ...Array.from({ length: 9 }, () => one)]);
const matrix = buildMatrix(summaries, fields);

function modelOf(insight: Insight | undefined, deciding: number[], weights?: [number, number][]): Model {
  const classify = () => ({ label: 'a', confidence: 1, distribution: Float64Array.of(1) });
  return {
    ...{ classify, decidingColumns: () => deciding, describe: () => 'a model' },
    ...(insight && { insight: () => insight }),
    ...(weights && { columnWeights: () => weights.map(([column, weight]) => ({ column, weight })) }),
  };
}

const members = [0, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((probe) => ({ probe, field: 'ip.ttl' }));

describe('the columns of a model', () => {
  it('are those that decide, with all that they stand for', () => {
    expect(modelColumns(matrix, modelOf(undefined, [1, 0]))).toEqual([
      { field: 'ip.ttl', probe: 1, members: [{ probe: 1, field: 'ip.ttl' }] },
      { field: 'ip.ttl', probe: 0, members },
    ]);
  });

  it('have the weights of a linear model, or the importances that come before them', () => {
    const linear = modelOf(
      undefined,
      [0],
      [
        [1, 4],
        [0, 2],
      ],
    );
    expect(modelColumns(matrix, linear).map(({ probe, weight }) => [probe, weight])).toEqual([
      [1, 4],
      [0, 2],
    ]);
    const forest = modelOf({ importance: [{ column: 0, weight: 0.25 }] }, [1, 0], [[1, 4]]);
    expect(modelColumns(matrix, forest)).toEqual([{ field: 'ip.ttl', probe: 0, members, weight: 0.25 }]);
  });
});

describe('what is known of a model', () => {
  it('is told in lines, members cut short', () => {
    const model = modelOf(
      {
        outOfBag: 0.875,
        chosen: 'k = 5',
        importance: [
          { column: 0, weight: 0.25 },
          { column: 1, weight: -0.01 },
        ],
      },
      [],
    );
    expect(insightLines(model, modelColumns(matrix, model))).toEqual([
      '',
      'chosen on these machines: k = 5',
      '',
      'out of bag: 87.5 % of the machines are answered right',
      '',
      'accuracy of a tree that is lost where a column is shuffled:',
      '  25.00 points ip.ttl of probe 0',
      '  -1.00 points ip.ttl of probe 1',
      '',
      'these stand for others that split the machines alike:',
      `  ip.ttl of probe 0 = ${[2, 3, 4, 5, 6, 7].map((probe) => `ip.ttl of probe ${probe}`).join(', ')}, and 3 more`,
    ]);
  });

  it('is nothing where a model knows nothing and merges nothing', () => {
    const model = modelOf(undefined, [1]);
    expect(insightLines(model, modelColumns(matrix, model))).toEqual([]);
  });
});
