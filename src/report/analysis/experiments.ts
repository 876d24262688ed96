import type { ExperimentResult, Result } from '../result.js';

/** The hierarchies that labels come in. */
export const labelHierarchies = ['kernel', 'distribution'] as const;
/** What an experiment may be scored by: labels, or the classes of behaviour that the machines showed. */
export const hierarchies = [...labelHierarchies, 'behaviour'] as const;
export type Hierarchy = (typeof hierarchies)[number];

/** One curve of an accuracy chart: a learner on a field set. */
export interface Series {
  readonly learner: string;
  readonly fields: string;
  readonly learnerIndex: number;
  readonly fieldsIndex: number;
}

/** The series of a result in order of first appearance; indices choose colour, shape and fill. */
export function seriesOf(experiments: readonly ExperimentResult[]): Series[] {
  const learners = [...new Set(experiments.map((experiment) => experiment.learner))];
  const fieldSets = [...new Set(experiments.map((experiment) => experiment.fields))];
  return learners.flatMap((learner, learnerIndex) =>
    fieldSets
      .filter((fields) => experiments.some((e) => e.learner === learner && e.fields === fields))
      .map((fields) => ({ learner, fields, learnerIndex, fieldsIndex: fieldSets.indexOf(fields) })),
  );
}

/** What was kept off both sides of a fold. */
export const splitOf = ({ split = 'stratified' }: ExperimentResult) => split;

/** The experiments with the split that comes first: figures of others are not to be set beside them. */
export function ofFirstSplit(experiments: readonly ExperimentResult[]): ExperimentResult[] {
  return experiments.filter((experiment) => splitOf(experiment) === splitOf(experiments[0]!));
}

/** By hierarchy, then level, then as the result has them. */
export function inOrder(experiments: readonly ExperimentResult[]): ExperimentResult[] {
  return [...experiments].sort(
    (a, b) => hierarchies.indexOf(a.hierarchy) - hierarchies.indexOf(b.hierarchy) || a.level - b.level,
  );
}

/** The experiment most worth looking into: the least accurate of the finest level. */
export function hardest(experiments: readonly ExperimentResult[]): ExperimentResult | undefined {
  const finest = Math.max(...experiments.map((experiment) => experiment.level));
  return experiments
    .filter((experiment) => experiment.level === finest)
    .reduce<ExperimentResult | undefined>(
      (least, experiment) => (least && least.accuracy <= experiment.accuracy ? least : experiment),
      undefined,
    );
}

/** The most accurate experiment of a hierarchy's finest level. */
export function bestAtFinest(result: Result, hierarchy: Hierarchy): ExperimentResult | undefined {
  const own = ofFirstSplit(result.experiments).filter((experiment) => experiment.hierarchy === hierarchy);
  const finest = Math.max(...own.map((experiment) => experiment.level));
  return own
    .filter((experiment) => experiment.level === finest)
    .reduce<ExperimentResult | undefined>(
      (best, experiment) => (best && best.accuracy >= experiment.accuracy ? best : experiment),
      undefined,
    );
}

/** Where the 95 % interval lies against always answering the majority class. */
export function againstMajority({ ci95: [low, high], majority }: ExperimentResult): string {
  if (low > majority) return 'above';
  return high < majority ? 'below' : 'includes it';
}
