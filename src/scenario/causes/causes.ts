import { sharedRows } from '../../dataset/shared-rows.js';
import { ABSENT, type FieldSpec, NONDET } from '../../dataset/summary.js';
import {
  type CauseClass,
  type CausesResult,
  causeClasses,
  type Intervention,
} from '../../report/causes-result.js';
import type { MeasuredCondition } from '../measured-conditions.js';
import { amongBoots, between, type MovedCells, responded } from './difference.js';
import { type Instance, repeated, twinsOf } from './twins.js';

type Tried = Omit<Intervention, 'fields'> & { readonly moved: readonly MovedCells[] };

/** What fields are about the system itself, and may be learnt from. */
const ofTheSystem: readonly CauseClass[] = ['build', 'OS source code'];

function instancesOf(measured: readonly MeasuredCondition[], fields: readonly FieldSpec[]): Instance[] {
  const pairs = measured.flatMap(({ dataset, records }) => {
    const summaryOf = new Map(dataset.summaries.map((summary) => [summary.machine, summary]));
    return records.flatMap((record) => {
      const summary = summaryOf.get(record.id);
      return summary ? [{ record, summary }] : [];
    });
  });
  const shared = sharedRows(
    pairs.map(({ summary }) => summary),
    fields,
  );
  return pairs.map(({ record }, index) => ({ record, summary: shared[index]! }));
}

/** Fields on which the copies of a probe disagreed under the first condition, by image. */
function amongCopies(instances: readonly Instance[], fields: readonly FieldSpec[]): Tried[] {
  const images = [...new Set(instances.map(({ record }) => record.image))];
  return images.map((image) => {
    const own = instances.filter(({ record }) => record.image === image);
    const { probes, table } = own[0]!.summary;
    const moved = fields.flatMap(({ name: field }, place): MovedCells[] => {
      const found: number[] = [];
      for (let probe = 0; probe < probes; probe++)
        if (own.some(({ summary }) => table.at(summary.rows[probe]!, place) === NONDET)) found.push(probe);
      return found.length > 0
        ? [{ field, probes: found, values: ['nondeterministic', 'nondeterministic'] }]
        : [];
    });
    const words = { from: 'one copy', to: 'the others', machines: own.length, image };
    return { factor: 'copies', class: 'nondeterminism', ...words, moved };
  });
}

function tried(instances: readonly Instance[], fields: readonly FieldSpec[]): Tried[] {
  const boots = repeated(instances).map((own): Tried => {
    const { image } = own[0].record;
    const words = {
      from: 'one boot',
      to: own.length > 2 ? 'others' : 'another',
      machines: own.length,
      image,
    };
    return { factor: 'boot', class: 'hidden state', ...words, moved: amongBoots(own, fields) };
  });
  const twins = twinsOf(instances).map(({ factor, from, to }): Tried => {
    const words = { image: from.boots[0].record.image, from: from.setting, to: to.setting };
    const machines = from.boots.length + to.boots.length;
    const moved = between(from.boots, to.boots, fields);
    return { factor: factor.factor, class: factor.class, ...words, machines, moved };
  });
  // What a path draws anew for each packet is the path's doing.
  const { condition } = instances[0]!.record;
  const first = instances.filter(({ record }) => record.condition === condition);
  return [...amongCopies(first, fields), ...boots, ...twins];
}

/** Fields that some response has. */
function shownFields(instances: readonly Instance[], fields: readonly FieldSpec[]): string[] {
  const { table } = instances[0]!.summary;
  const rows = Array.from({ length: table.length }, (_, row) => row);
  return fields.flatMap(({ name }, place) =>
    rows.some((row) => table.at(row, place) > ABSENT || table.at(row, place) === NONDET) ? [name] : [],
  );
}

/**
 * Which cause moves which field: machines that differ in one thing are compared, and a field is moved where its value differs
 * between them in a probe and does not between boots of equal machines. Undefined where nothing was measured.
 */
export function causesOf(
  measured: readonly MeasuredCondition[],
  fields: readonly FieldSpec[],
): CausesResult | undefined {
  const instances = instancesOf(measured, fields);
  if (instances.length === 0) return undefined;
  const interventions = tried(instances, fields);
  const order = [responded, ...fields.map(({ name }) => name)];
  const seen = new Set([responded, ...shownFields(instances, fields)]);
  const table = order
    .filter((field) => seen.has(field))
    .map((field) => {
      const moved = causeClasses.flatMap((name) => {
        const own = interventions.filter((one) => one.class === name);
        const cells = own.flatMap((one) => one.moved.filter((other) => other.field === field));
        const probes = new Set(cells.flatMap((one) => one.probes)).size;
        return probes > 0 ? [{ class: name, probes }] : [];
      });
      return { field, moved, prone: moved.some((one) => !ofTheSystem.includes(one.class)) };
    });
  return {
    probes: instances[0]!.summary.probes,
    interventions: interventions.map(({ moved, ...one }) => ({
      ...one,
      fields: moved
        .map(({ field, probes, values }) => ({
          ...{ field, probes: probes.length, probe: probes[0]!, values: [...values] },
        }))
        .sort((a, b) => b.probes - a.probes || (a.field < b.field ? -1 : 1)),
    })),
    fields: table,
    prone: table.filter(({ prone }) => prone).map(({ field }) => field),
  };
}
