import { type LabelledMatrix, labelledMatrix, readTable } from '../dataset/read-table.js';
import { columnOf } from '../dataset/table.js';
import {
  type AccuracyExperiment,
  compareLearners,
  type LearnerComparison,
  type LearnerName,
  learners,
  runAccuracy,
  type Split,
} from '../learn/index.js';

export interface TableRequest {
  readonly file: string;
  readonly label: string;
  readonly learners: readonly LearnerName[];
  readonly folds: number;
  readonly repeats: number;
  readonly seed: number;
  /** Intervals of a numeric column. */
  readonly bins: number;
  /** Column whose values are kept apart: rows that have one in common are in one fold. */
  readonly group?: string | undefined;
}

export interface TableEvaluation extends Pick<LabelledMatrix, 'unlabelled'> {
  /** Names of numeric columns. */
  readonly numeric: readonly string[];
  /** Learners that were given these in bins, and not as numbers. */
  readonly binned_for: readonly LearnerName[];
  readonly rows: number;
  readonly columns: number;
  readonly partitions: number;
  readonly experiments: readonly Omit<AccuracyExperiment, 'hierarchy' | 'level' | 'fields'>[];
  readonly comparisons: readonly LearnerComparison[];
}

/** Cross-validates learners on a table of anyone's. Throws InputError. */
export async function evaluateTable(
  request: TableRequest,
  onProgress: (done: number, total: number) => void = () => {},
  signal?: AbortSignal,
): Promise<TableEvaluation> {
  const { bins, file, folds, group, label, repeats, seed } = request;
  const table = await readTable(file);
  const grouping = group === undefined ? undefined : columnOf(table, group, file);
  const columns = table.columns.filter((column) => column !== grouping);
  const { attributes, matrix, labels, binned, unlabelled } = labelledMatrix(
    { ...table, columns },
    label,
    bins,
    file,
  );
  const takes = (name: LearnerName) => attributes !== undefined && learners[name].takesNumbers === true;
  const split: (Split & { name: string }) | undefined = grouping && {
    name: `by ${group}`,
    kind: 'grouped',
    groups: matrix.rows.map((row) => String(grouping.values[Number(row.slice(4)) - 1])),
  };
  const outcomes = [];
  for (const name of request.learners) {
    signal?.throwIfAborted();
    outcomes.push(
      runAccuracy(takes(name) ? attributes! : matrix, labels, {
        ...{ hierarchy: 'behaviour', level: 0, fields: 'all', folds, repeats, seed },
        learner: learners[name],
        ...(split && { split }),
      }),
    );
    onProgress(outcomes.length, request.learners.length);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return {
    rows: matrix.rows.length,
    columns: matrix.totals.columns,
    partitions: matrix.columns,
    numeric: binned,
    binned_for: binned.length > 0 ? request.learners.filter((name) => !takes(name)) : [],
    unlabelled,
    experiments: outcomes.map(({ figures: { hierarchy: _h, level: _l, fields: _f, ...figures } }) => figures),
    comparisons: compareLearners(
      outcomes.map(({ figures, right }) => ({ learner: figures.learner, right })),
      seed,
    ),
  };
}
