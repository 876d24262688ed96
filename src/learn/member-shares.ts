import type { Matrix, MatrixTotals } from '../dataset/matrix.js';
import type { FieldSpec } from '../dataset/summary.js';
import { type RandomStream, randomStream } from '../random.js';
import { type Classification, classification, type Labels, type Learner, type Model } from './learner.js';

/** Rows that stand for a machine whose members disagree; shares are exact to 1 in so many. */
const variants = 64;

/** One (probe, field) pair of a column and the text of each code. */
export interface TrainedMember {
  readonly probe: number;
  readonly field: string;
  readonly values: readonly string[];
}

/** A column of training machines with its members: they split the training machines alike, others they may not. */
export interface TrainedColumn {
  /** By training machine; -1 is missing. */
  readonly codes: readonly number[];
  readonly members: readonly TrainedMember[];
}

/** Training machines and what is known of them. */
export interface Trained {
  readonly machines: readonly string[];
  readonly columns: readonly TrainedColumn[];
  readonly fields: readonly FieldSpec[];
  readonly totals: MatrixTotals;
  /** By training machine: what is held out together where the learner tests a setting. */
  readonly groups?: Int32Array | undefined;
}

/** Codes of a new machine, by column and member; -1 where the value is missing, or was never seen in training. */
export type MemberCodes = readonly (readonly number[])[];

/** What a model says of a new machine. */
export interface MemberAnswer extends Classification {
  /** Columns in which the machine splits what training merged. */
  readonly split: number;
}

/**
 * The rows that a new machine stands in: one where all members of each column agree; where some do not, as many as
 * it takes for each of a column's codes to stand in its share of the rows, independently of other columns.
 */
export function rowsOf(codes: MemberCodes, random: RandomStream): { rows: Int16Array[]; split: number } {
  const splits = codes.map((own) => own.some((code) => code !== own[0]));
  const split = splits.filter(Boolean).length;
  const rows = Array.from({ length: split === 0 ? 1 : variants }, () =>
    Int16Array.from(codes, (own) => own[0]!),
  );
  for (const [column, own] of codes.entries()) {
    if (!splits[column]) continue;
    const sorted = [...own].sort((one, other) => one - other);
    const order = random.shuffle([...rows.keys()]);
    const offset = random.float();
    for (const [row, turn] of order.entries())
      rows[row]![column] = sorted[Math.floor(((turn + offset) / variants) * sorted.length)]!;
  }
  return { rows, split };
}

/** The training machines' matrix with further rows below them. */
export function matrixWith(trained: Trained, further: readonly Int16Array[]): Matrix {
  const { columns, fields, machines, totals } = trained;
  const height = machines.length + further.length;
  const codes = new Int16Array(columns.length * height);
  for (const [column, { codes: own }] of columns.entries()) {
    codes.set(own, column * height);
    for (const [row, values] of further.entries())
      codes[column * height + machines.length + row] = values[column]!;
  }
  const memberOf = (column: number, member: number) => {
    const { field, probe, values } = columns[column]!.members[member]!;
    return { probe, field, values };
  };
  const matrix: Matrix = {
    rows: [...machines, ...further.map((_, row) => `new ${row}`)],
    columns: columns.length,
    codes,
    values: Int32Array.from(columns, ({ members }) => members[0]!.values.length),
    multiplicity: Int32Array.from(columns, ({ members }) => members.length),
    missing: codes.includes(-1),
    fields,
    totals,
    members: (column) => columns[column]!.members.map(({ field, probe }) => ({ field, probe })),
    describeColumn: (column, member = 0) => memberOf(column, member),
    select: () => {
      throw new RangeError('a trained matrix is not selected from');
    },
  };
  return matrix;
}

/**
 * Fits `learner` on the training machines and asks it about new ones. A value that training never saw is missing.
 * Where the members of a column disagree about a machine, each code counts by its share of them.
 */
export function classifyNew(
  trained: Trained,
  labels: Labels,
  learner: Learner,
  news: readonly MemberCodes[],
  seed: string,
): { model: Model; answers: MemberAnswer[] } {
  const stood = news.map((codes, place) => rowsOf(codes, randomStream(seed, `members/${place}`)));
  const matrix = matrixWith(
    trained,
    stood.flatMap(({ rows }) => rows),
  );
  const training = Int32Array.from(trained.machines.keys());
  const model = learner.fit(matrix, training, labels, randomStream(seed, 'fit'), trained.groups);
  let next = trained.machines.length;
  const answers = stood.map(({ rows, split }) => {
    const given = rows.map(() => model.classify(matrix, next++));
    if (given.length === 1) return { ...given[0]!, split };
    const mean = new Float64Array(labels.classes.length);
    for (const { distribution } of given)
      for (const [code, share] of distribution.entries()) mean[code]! += share / given.length;
    return { ...classification(labels.classes, mean), split };
  });
  return { model, answers };
}
