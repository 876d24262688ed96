import type { Matrix } from '../dataset/matrix.js';
import type { Insight } from './learner.js';
import { mean } from './metrics.js';

/** A column that matters, by its first (probe, field) pair, in the shape in which results record it. */
export interface ImportantColumn {
  field: string;
  probe: number;
  /** Other pairs that split the machines alike. */
  alike: number;
  /** Mean over models of the accuracy of a tree that is lost where the column is shuffled. */
  importance: number;
  /** Least and most over the models; 0 for one that does not decide on the column. */
  range: [number, number];
}

/** What the models of several folds knew of themselves; what none of them knew is left out. */
export interface MeanInsight {
  out_of_bag?: number;
  /** The most important columns, by the mean of their weights. */
  important?: ImportantColumn[];
  /** Settings chosen, by the number of models that chose them. */
  chosen?: { setting: string; models: number }[];
}

const shown = 10;

/** Gathers the insights of models that were fitted on parts of one matrix. */
export class InsightMeans {
  private readonly outOfBag: number[] = [];
  private readonly weights = new Map<number, number[]>();
  private readonly chosen = new Map<string, number>();
  private weighed = 0;

  add(insight: Insight | undefined): void {
    if (!insight) return;
    const { chosen, importance, outOfBag } = insight;
    if (outOfBag !== undefined) this.outOfBag.push(outOfBag);
    if (chosen !== undefined) this.chosen.set(chosen, (this.chosen.get(chosen) ?? 0) + 1);
    if (!importance) return;
    this.weighed++;
    for (const { column, weight } of importance)
      this.weights.set(column, [...(this.weights.get(column) ?? []), weight]);
  }

  means(matrix: Matrix): MeanInsight {
    const share = mean(this.outOfBag);
    const summed = [...this.weights].map(([column, weights]) => ({
      ...{ column, weights },
      sum: weights.reduce((total, weight) => total + weight, 0),
    }));
    summed.sort((one, other) => other.sum - one.sum || one.column - other.column);
    const important = summed.slice(0, shown).map(({ column, sum, weights }): ImportantColumn => {
      const { field, probe } = matrix.describeColumn(column);
      const all = weights.length < this.weighed ? [0, ...weights] : weights;
      const range: [number, number] = [Math.min(...all), Math.max(...all)];
      return { field, probe, alike: matrix.multiplicity[column]! - 1, importance: sum / this.weighed, range };
    });
    const chosen = [...this.chosen]
      .map(([setting, models]) => ({ setting, models }))
      .sort((one, other) => other.models - one.models);
    return {
      ...(share !== null && { out_of_bag: share }),
      ...(this.weighed > 0 && { important }),
      ...(chosen.length > 0 && { chosen }),
    };
  }
}
