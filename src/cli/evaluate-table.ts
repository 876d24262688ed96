import { formatInterval, formatShare } from '../report/format.js';
import type { TableEvaluation } from '../scenario/evaluate-table.js';
import { table } from './output.js';

const p = (value: number) => (value < 0.001 ? '<0.001' : value.toFixed(3));

/** How each learner was given the numeric columns. */
function numericNotes(
  { binned_for: inBins, numeric }: Pick<TableEvaluation, 'binned_for' | 'numeric'>,
  bins: number,
) {
  if (numeric.length === 0) return [];
  const columns = `${numeric.length} numeric columns`;
  if (inBins.length === 0) return [`${columns}, taken as numbers`];
  return [`${columns}, in ${bins} bins of equal width, whatever their labels, for ${inBins.join(', ')}`];
}

/** The evaluation of a table for people. */
export function tableText({ comparisons, experiments, ...data }: TableEvaluation, bins: number): string {
  const notes = [
    `${data.rows} rows, ${data.columns} columns, ${data.partitions} distinct partitions`,
    ...(data.unlabelled > 0 ? [`${data.unlabelled} rows have no label and are left out`] : []),
    ...numericNotes(data, bins),
  ];
  const scores = table(
    ['learner', 'accuracy', '95 % CI', 'majority', 'balanced', 'confidence', 'Brier', 'folds', 'split'],
    experiments.map((one) => [
      one.learner,
      formatShare(one.accuracy),
      formatInterval(one.ci95),
      formatShare(one.majority),
      formatShare(one.balanced_accuracy),
      one.confidence === null ? 'none correct' : formatShare(one.confidence),
      one.brier.toFixed(3),
      `${one.folds} x ${one.repeats}`,
      one.split,
    ]),
  );
  const own = experiments.flatMap((one) => [
    ...(one.out_of_bag === undefined ? [] : [`${one.learner}: ${formatShare(one.out_of_bag)} out of bag`]),
    ...(one.chosen ?? []).map(({ models, setting }) => `${one.learner}: ${setting} in ${models} models`),
  ]);
  if (own.length > 0) notes.push(...own);
  if (comparisons.length === 0) return [...notes, '', scores].join('\n');
  const pairs = table(
    ['learners', 'difference', 'rows', 'p', 'p (Holm)'],
    comparisons.map(({ difference, learners, machines, p: own, p_holm: holm }) => [
      learners.join(' - '),
      `${(100 * difference).toFixed(1)} points`,
      machines,
      p(own),
      p(holm),
    ]),
  );
  return [...notes, '', scores, '', pairs].join('\n');
}
