import { sameRow, valueAt } from '../dataset/compact-summary.js';
import {
  ABSENT,
  type FieldSpec,
  type MachineSummary,
  NO_RESPONSE,
  NONDET,
  PARTIAL,
} from '../dataset/summary.js';
import type { Cause, Moved, MovedField } from '../report/result.js';
import type { MachineRecord } from './run-folder.js';

/** What may differ between two instances of one image, and how a machine stands in it. */
const settingOf: Readonly<Record<Cause, (record: MachineRecord) => string>> = {
  ram: ({ hardware }) => `${hardware.ram_mib}M`,
  cores: ({ hardware }) => String(hardware.cores),
  nic: ({ hardware }) => hardware.nic,
  machine: ({ hardware }) => hardware.machine ?? 'pc',
  cpu: ({ hardware }) => hardware.cpu ?? 'default',
  driver: ({ driver }) => driver ?? 'qemu',
  network: ({ network }) => network ?? 'wire',
  runtime: ({ runtime }) => runtime ?? 'runc',
  configuration: ({ configuration }) => configuration?.name ?? 'stock',
  application: ({ application }) => application?.name ?? 'stock',
};
const causes = Object.keys(settingOf) as Cause[];

interface Instance {
  readonly record: MachineRecord;
  readonly summary: MachineSummary;
}

/** Silence or an answer: the field that moves when no other can. */
const responded = 'response';

function groupBy<T>(items: readonly T[], key: (item: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const name = key(item);
    const group = groups.get(name);
    if (group) group.push(item);
    else groups.set(name, [item]);
  }
  return [...groups.values()];
}

function valueText(field: FieldSpec, value: number, texts: readonly string[]): string {
  if (value === NO_RESPONSE) return 'silence';
  if (value === ABSENT) return 'absent';
  if (value === NONDET) return 'nondeterministic';
  return field.kind === 'text' ? texts[value]! || 'none' : String(value);
}

/** Machines that differ in nothing but one cause. */
type Stratum = readonly Instance[];

interface Draft {
  readonly probes: Set<number>;
  best: { distinct: number; probe: number; stratum: Stratum };
}

/** Repetitions of an instance may differ by chance, which is not the cause's doing: the first stands for all. */
function oneOfEach(stratum: Stratum, cause: Cause): Stratum {
  return groupBy(stratum, ({ record }) => settingOf[cause](record)).map(([first]) => first!);
}

/** Counts the distinct values of a field in a probe; partial answers, and silence beside answers, say nothing of it. */
function distinctValues(stratum: Stratum, probe: number, field: number, fields: number): number {
  const values = new Set<number>();
  for (const { summary } of stratum) {
    const value = valueAt(summary, probe, field, fields);
    if (value !== PARTIAL && value !== NO_RESPONSE) values.add(value);
  }
  return values.size;
}

function distinctResponses(stratum: Stratum, probe: number, fields: number): number {
  const kinds = new Set<boolean>();
  for (const { summary } of stratum) {
    const value = valueAt(summary, probe, 0, fields);
    if (value !== PARTIAL) kinds.add(value === NO_RESPONSE);
  }
  return kinds.size;
}

function drafts(strata: readonly Stratum[], fields: readonly FieldSpec[]): Map<string, Draft> {
  const found = new Map<string, Draft>();
  const note = (field: string, probe: number, distinct: number, stratum: Stratum) => {
    if (distinct < 2) return;
    const draft = found.get(field) ?? { probes: new Set(), best: { distinct, probe, stratum } };
    found.set(field, draft);
    draft.probes.add(probe);
    if (distinct > draft.best.distinct) draft.best = { distinct, probe, stratum };
  };
  for (const stratum of strata)
    for (let probe = 0; probe < stratum[0]!.summary.probes; probe++) {
      const [{ summary: first }] = stratum as [Stratum[number]];
      // Most probes are answered alike by all.
      if (stratum.every(({ summary }) => sameRow(first, summary, probe, fields.length))) continue;
      note(responded, probe, distinctResponses(stratum, probe, fields.length), stratum);
      fields.forEach((field, index) => {
        note(field.name, probe, distinctValues(stratum, probe, index, fields.length), stratum);
      });
    }
  return found;
}

function movedField(name: string, draft: Draft, cause: Cause, fields: readonly FieldSpec[]): MovedField {
  const { probe, stratum } = draft.best;
  const index = fields.findIndex((field) => field.name === name);
  const values = stratum.flatMap(({ record, summary }) => {
    const value = valueAt(summary, probe, Math.max(0, index), fields.length);
    if (value === PARTIAL) return [];
    const silent = value === NO_RESPONSE;
    const text =
      index < 0 && !silent ? 'answer' : valueText(fields[Math.max(0, index)]!, value, summary.texts);
    return [{ setting: settingOf[cause](record), value: text }];
  });
  return { field: name, probes: draft.probes.size, probe, values };
}

/**
 * For each image of which there are several measured machines, and each cause, the fields whose summarised
 * values differ between machines that differ in that cause alone; most probes first. A cause that moved
 * nothing is listed without fields, one that was never alone is not listed.
 */
export function movedFields(
  records: readonly MachineRecord[],
  summaries: readonly MachineSummary[],
  fields: readonly FieldSpec[],
): Moved[] {
  const summaryOf = new Map(summaries.map((summary) => [summary.machine, summary]));
  const instances = records.flatMap((record) => {
    const summary = summaryOf.get(record.id);
    return summary ? [{ record, summary }] : [];
  });
  return groupBy(instances, ({ record }) => record.digest).flatMap((ofImage) =>
    causes.flatMap((cause) => {
      const others = causes.filter((other) => other !== cause);
      const strata = groupBy(ofImage, ({ record }) =>
        JSON.stringify(others.map((other) => settingOf[other](record))),
      )
        .map((stratum) => oneOfEach(stratum, cause))
        .filter((stratum) => stratum.length > 1);
      if (strata.length === 0) return [];
      const moved = [...drafts(strata, fields)]
        .map(([name, draft]) => movedField(name, draft, cause, fields))
        .sort((a, b) => b.probes - a.probes || (a.field < b.field ? -1 : 1));
      const machines = strata.reduce((sum, stratum) => sum + stratum.length, 0);
      return [{ image: ofImage[0]!.record.image, cause, machines, fields: moved }];
    }),
  );
}
