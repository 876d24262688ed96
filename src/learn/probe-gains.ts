import type { Matrix } from '../dataset/matrix.js';
import { columnGains } from './information-gain.js';
import { openBits, refine } from './joint-partition.js';
import { type Labels, labelsOf } from './learner.js';
import { type ProbeColumns, probeColumns } from './probe-columns.js';

export interface ProbeGain {
  readonly probe: number;
  /** Bits that the whole response tells about the label, all fields together, silence among them. */
  readonly gain: number;
  /** The field that tells most by itself, the first of equals, and how much. */
  readonly field: string;
  readonly field_gain: number;
  /** Fields of the response that split the machines at all. */
  readonly fields: number;
}

const alike = 1e-9;

/** A probe and the parts into which its response splits the machines; -1 for those that lack a value of it. */
interface Response extends ProbeColumns {
  readonly groups: Int32Array;
}

// The same for all labels, and most of the work.
const responsesOf = new WeakMap<Matrix, readonly Response[]>();

/**
 * What the response to each probe can tell about the labels, the most telling first, then by number; probes that split
 * nothing are left out. Machines that lack a value of the response do not count, and scale the gain by their share, as
 * they do for a column.
 */
export function probeGains(matrix: Matrix, labels: readonly string[]): ProbeGain[] {
  const coded = labelsOf(labels);
  const { gains } = columnGains(matrix, coded, Int32Array.from(matrix.rows.keys()));
  const responses = responsesOf.get(matrix) ?? responsesTo(matrix);
  responsesOf.set(matrix, responses);
  const known = new Map<Int32Array, number>();
  const found = responses.map(({ columns, fields, groups, pairs, probe }): ProbeGain => {
    const gain = known.get(groups) ?? jointGain(groups, coded);
    known.set(groups, gain);
    const best = columns.reduce(
      (most, column, place) => (gains[column]! > gains[columns[most]!]! + alike ? place : most),
      0,
    );
    return { probe, gain, field: fields[best]!, field_gain: gains[columns[best]!]!, fields: pairs };
  });
  const rank = ({ gain }: ProbeGain) => Math.round(gain / alike);
  return found.sort((one, other) => rank(other) - rank(one) || one.probe - other.probe);
}

/** Probes that show the same columns have the same array of groups. */
function responsesTo(matrix: Matrix): Response[] {
  const together = new Int32Array(matrix.rows.length);
  const joint = new Map<string, Int32Array>();
  return probeColumns(matrix).map((shown) => {
    const key = shown.columns.join();
    const groups =
      joint.get(key) ??
      shown.columns.reduce((parts, column) => refine(matrix, column, parts, 'out'), together);
    joint.set(key, groups);
    return { ...shown, groups };
  });
}

function jointGain(groups: Int32Array, labels: Labels): number {
  const together = groups.map((group) => Math.min(group, 0));
  return Math.max(0, openBits(together, labels) - openBits(groups, labels)) / groups.length;
}
