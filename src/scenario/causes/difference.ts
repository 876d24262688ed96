import { ABSENT, type FieldSpec, NO_RESPONSE, NONDET, PARTIAL } from '../../dataset/summary.js';
import type { Boots, Instance } from './twins.js';

/** Silence or an answer: the field that moves when no other can. */
export const responded = 'response';

/** A field that moved: in which probes, and what it was in the first of them. */
export interface MovedCells {
  readonly field: string;
  /** Ascending. */
  readonly probes: readonly number[];
  readonly values: readonly [string, string];
}

const rowOf = ({ summary }: Instance, probe: number) => summary.rows[probe]!;

const cellOf = ({ summary }: Instance, probe: number, field: number) =>
  summary.table.at(summary.rows[probe]!, field);

/** What all boots show in a field; undefined where they disagree. */
function steady(boots: Boots, probe: number, field: number): number | undefined {
  const value = cellOf(boots[0], probe, field);
  return boots.every((boot) => cellOf(boot, probe, field) === value) ? value : undefined;
}

function text({ kind }: FieldSpec, value: number, texts: readonly string[]): string {
  if (value === ABSENT) return 'absent';
  if (value === NONDET) return 'nondeterministic';
  return kind === 'text' ? texts[value]! || 'none' : String(value);
}

/** Some copies alone were answered: what the rest would have said is not known. */
const isPartial = (boots: Boots, probe: number) => boots.some((boot) => cellOf(boot, probe, 0) === PARTIAL);

class Cells {
  private readonly found = new Map<string, { probes: number[]; values: [string, string] }>();

  note(field: string, probe: number, values: () => [string, string]): void {
    const known = this.found.get(field);
    if (known) known.probes.push(probe);
    else this.found.set(field, { probes: [probe], values: values() });
  }

  all(): MovedCells[] {
    return [...this.found].map(([field, one]) => ({ field, ...one }));
  }
}

const kindOf = (value: number) => (value === NO_RESPONSE ? 'silence' : 'answer');

/** Takes note of the fields in which two values of a probe differ; beside silence no field can be compared. */
function noteProbe(
  cells: Cells,
  fields: readonly FieldSpec[],
  probe: number,
  texts: readonly string[],
  pair: (field: number) => readonly [number, number] | undefined,
): void {
  const first = pair(0);
  if (first?.includes(NO_RESPONSE)) {
    if (first[0] !== first[1]) cells.note(responded, probe, () => [kindOf(first[0]), kindOf(first[1])]);
    return;
  }
  for (const [place, field] of fields.entries()) {
    const values = pair(place);
    if (!values || values.includes(NO_RESPONSE) || values[0] === values[1]) continue;
    cells.note(field.name, probe, () => [text(field, values[0], texts), text(field, values[1], texts)]);
  }
}

/**
 * The fields in which two sets of equal machines differ. A value counts where all boots of a set show it: what differs
 * from boot to boot is nobody's doing, and is left out.
 */
export function between(from: Boots, to: Boots, fields: readonly FieldSpec[]): MovedCells[] {
  const cells = new Cells();
  const { probes, texts } = from[0].summary;
  for (let probe = 0; probe < probes; probe++) {
    const row = rowOf(from[0], probe);
    // Most probes are answered alike by all.
    if (from.every((one) => rowOf(one, probe) === row) && to.every((one) => rowOf(one, probe) === row))
      continue;
    if (isPartial(from, probe) || isPartial(to, probe)) continue;
    noteProbe(cells, fields, probe, texts, (field) => {
      const [one, other] = [steady(from, probe, field), steady(to, probe, field)];
      return one === undefined || other === undefined ? undefined : [one, other];
    });
  }
  return cells.all();
}

/** The fields in which boots of equal machines differ from the first of them. */
export function amongBoots([first, ...others]: Boots, fields: readonly FieldSpec[]): MovedCells[] {
  const cells = new Cells();
  const { probes, texts } = first.summary;
  for (let probe = 0; probe < probes; probe++) {
    const other = others.find((one) => rowOf(one, probe) !== rowOf(first, probe));
    if (!other || isPartial([first, ...others], probe)) continue;
    noteProbe(cells, fields, probe, texts, (field) => {
      const value = cellOf(first, probe, field);
      const differing = others.find((one) => cellOf(one, probe, field) !== value);
      return [value, cellOf(differing ?? first, probe, field)];
    });
  }
  return cells.all();
}
