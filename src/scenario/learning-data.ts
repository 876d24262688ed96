import { type ColumnMember, noProbe } from '../dataset/column-member.js';
import { buildMatrix, type Matrix } from '../dataset/matrix.js';
import type { MachineSummary } from '../dataset/summary.js';
import { InputError } from '../errors.js';
import { fields } from '../probe/fields.js';
import { conditionsOf } from './conditions.js';
import type { FieldSet } from './field-set.js';
import { seenOf } from './learner-of.js';
import { readConditions } from './measured-conditions.js';
import type { RunFolder } from './run-folder.js';
import type { Scenario } from './schema.js';
import { type SplitName, splitOf, usualSplit } from './splits.js';
import { storedSummaries } from './stored-summaries.js';

/** What a run's machines answered under the first condition, as a matrix, and their labels. */
export interface LearningData {
  readonly scenario: Scenario;
  /** Of all machines, in the order of the matrix. */
  readonly summaries: readonly MachineSummary[];
  readonly matrix: Matrix;
  /** By row. */
  labels(hierarchy: 'kernel' | 'distribution', level: number): string[];
  /** What a learner that tests settings on these machines keeps together. */
  together(hierarchy: 'kernel' | 'distribution', level: number, asked?: SplitName): Together;
}

/** Machines that are held out together. */
export interface Together {
  readonly split: SplitName;
  /** By row; undefined where none are. */
  readonly groups: readonly string[] | undefined;
}

/** Throws InputError for a run without scans, which has no semantic fields. */
export function scannedOnly({ path }: RunFolder, { nmap }: Scenario): void {
  if (!nmap)
    throw new InputError(`${path} has no semantic fields: its machines were not scanned`, {
      remedy: 'add `nmap: true` to the scenario and run it again',
    });
}

/** Throws InputError when fewer than two machines were measured, or what is asked for was not. */
export async function readLearningData(folder: RunFolder, fieldSet: FieldSet = 'raw'): Promise<LearningData> {
  const { scenario } = await folder.readScenario();
  const { machines } = await folder.readManifest();
  const found = await Promise.all(machines.map((id) => folder.readRecord(id)));
  const records = found.filter((record) => record !== undefined);
  const { name: first } = conditionsOf(scenario)[0]!;
  const own = records.filter(({ condition = '' }) => condition === first);
  const summaries =
    storedSummaries(folder, records, first) ??
    (await readConditions(folder, scenario, own))[0].dataset.summaries;
  if (summaries.length < 2)
    throw new InputError(`${folder.path} has ${summaries.length} measured machines; learning takes two`, {
      remedy: 'look into why machines failed',
    });
  if (fieldSet !== 'raw') scannedOnly(folder, scenario);
  const raw = buildMatrix(summaries, fields, { partial: scenario.dataset.partial });
  const recordOf = new Map(own.map((record) => [record.id, record]));
  const scanned = raw.rows.map((id) => recordOf.get(id)!);
  const matrix = seenOf(raw, scanned, undefined).matrix(fieldSet);
  return {
    scenario,
    summaries,
    matrix,
    labels: (hierarchy, level) =>
      matrix.rows.map((machine) => recordOf.get(machine)!.labels[hierarchy][level]!),
    together: (hierarchy, level, asked) => {
      const wanted = asked ?? usualSplit(scenario, hierarchy, level);
      const split = splitOf(wanted, scanned);
      if (split?.kind === 'stratified' || (!split && asked === undefined))
        return { split: 'stratified', groups: undefined };
      if (split) return { split: wanted, groups: split.groups };
      throw new InputError(
        `${folder.path} has nothing to keep apart by ${wanted}: all machines have it in common`,
        {
          remedy: 'take another --split, or leave it out',
        },
      );
    },
  };
}

/** The columns behind a matrix that tell any machines apart: in the order of probes and fields, then those of no probe. */
export function rawColumns(matrix: Matrix): { name: string; values: (string | null)[] }[] {
  const height = matrix.rows.length;
  const order = new Map(matrix.fields.map(({ name }, place) => [name, place]));
  const found = Array.from({ length: matrix.columns }, (_, column) => column).flatMap((column) =>
    matrix.members(column).map((member, place) => ({ column, member, place })),
  );
  const place = ({ probe }: ColumnMember) => (probe === noProbe ? Number.MAX_SAFE_INTEGER : probe);
  found.sort(
    ({ member: one }, { member: other }) =>
      place(one) - place(other) || order.get(one.field)! - order.get(other.field)!,
  );
  return found.map(({ column, member, place }) => {
    const { values } = matrix.describeColumn(column, place);
    const codes = matrix.codes.subarray(column * height, (column + 1) * height);
    return {
      name: member.probe === noProbe ? member.field : `probe-${member.probe}.${member.field}`,
      values: Array.from(codes, (code) => (code < 0 ? null : values[code]!.replaceAll('"', ''))),
    };
  });
}
