import { valueAt as coded } from '../dataset/compact-summary.js';
import { type MachineSummary, PARTIAL } from '../dataset/summary.js';
import { Path } from '../netem/path.js';
import { fields } from '../probe/fields.js';
import type { ConditionResult } from '../report/condition-result.js';
import type { MeasuredCondition } from './measured-conditions.js';
import { pathSpec } from './path-spec.js';
import type { MachineRecord } from './run-folder.js';

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

/** A field's value, texts written out: summaries may have dictionaries of their own. */
function valueAt(summary: MachineSummary, probe: number, field: number): number | string | undefined {
  const value = coded(summary, probe, field, fields.length);
  return fields[field]!.kind === 'text' && value >= 0 ? summary.texts[value] : value;
}

function compare(one: MachineSummary, other: MachineSummary): { compared: number; changed: number } {
  let compared = 0;
  let changed = 0;
  for (let probe = 0; probe < one.probes; probe++) {
    if (valueAt(one, probe, 0) === PARTIAL || valueAt(other, probe, 0) === PARTIAL) continue;
    compared++;
    if (fields.some((_, field) => valueAt(one, probe, field) !== valueAt(other, probe, field))) changed++;
  }
  return { compared, changed };
}

function conditionResult(
  measured: MeasuredCondition,
  first: MeasuredCondition,
  seed: number,
): ConditionResult {
  const { condition, records, dataset } = measured;
  const path = new Path({ spec: pathSpec(condition), seed, link: '', deliver: () => {} });
  const pairs = (wanted: (answers: number, copies: number) => boolean) =>
    sum(
      dataset.summaries.map(
        ({ answers, copies }) => answers.filter((answered) => wanted(answered, copies)).length,
      ),
    );
  const firstOf = new Map(first.dataset.summaries.map((summary) => [summary.machine, summary]));
  const compared = dataset.summaries.flatMap((summary) => {
    const other = firstOf.get(summary.machine);
    return other ? [compare(summary, other)] : [];
  });
  const total = (pick: (record: MachineRecord) => number) => sum(records.map(pick));
  const nondeterministic = sum(dataset.determinism.nondeterministic);
  return {
    name: condition.name,
    ...(condition.swept && { swept: { ...condition.swept } }),
    forward: path.describe('forward'),
    reverse: path.describe('reverse'),
    machines: dataset.summaries.length,
    failed: records
      .filter(({ status }) => status === 'failed')
      .map(({ id, failure }) => ({ machine: id, reason: failure?.reason ?? 'no reason was recorded' })),
    packets_sent: total((record) => record.packets_sent),
    packets_received: total((record) => record.packets_received),
    lost_by_path: total((record) => record.lost_by_path),
    decisions: total((record) => record.decisions),
    answered: pairs((answered, copies) => answered === copies),
    silent: pairs((answered) => answered === 0),
    partial: pairs((answered, copies) => answered > 0 && answered < copies),
    answered_copies: [...dataset.determinism.answeredCopies],
    values: sum(dataset.determinism.constant) + nondeterministic,
    nondeterministic,
    compared: sum(compared.map((one) => one.compared)),
    changed: sum(compared.map((one) => one.changed)),
  };
}

/** What each condition did to the answers, beside the first; undefined where a scenario names no conditions. */
export function conditionResults(
  measured: readonly [MeasuredCondition, ...MeasuredCondition[]],
  seed: number,
): ConditionResult[] | undefined {
  if (measured[0].condition.name === '') return undefined;
  return measured.map((one) => conditionResult(one, measured[0], seed));
}
