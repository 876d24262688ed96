import type { Copies } from '../scenario/inspect/copies.js';
import type { Inspection } from '../scenario/inspect/inspect.js';
import { formatBytes, table } from './output.js';

const mostShown = 20;

function percent(part: number, whole: number): string {
  return whole === 0 ? '-' : `${((100 * part) / whole).toFixed(1)} %`;
}

function headText(of: Inspection): string {
  const states = (['measured', 'failed', 'pending'] as const)
    .map((status) => [of.machines.filter((one) => one.status === status).length, status] as const)
    .filter(([count]) => count > 0)
    .map(([count, status]) => `${count} ${status}`);
  return [
    `${of.scenario}, seed ${of.seed}: ${of.probes} probes x ${of.copies} copies; machines: ${states.join(', ')}`,
    `${of.startedAt}, Stackbed ${of.stackbed}, ${of.accelerator}: ${of.command}`,
    `probes ${of.probesDigest}`,
    ...(of.conditions.length > 0 ? [`conditions: ${of.conditions.join(', ')}`] : []),
  ].join('\n');
}

function machinesText({ machines }: Inspection): string {
  const head = ['machine', 'state', 'sent', 'received', 'answered', 'partial', 'silent'];
  const rows = machines.map(({ id, status, record, answered, partial, silent }) => [
    ...[id, status, record?.packets_sent ?? 0, record?.packets_received ?? 0, answered, partial, silent],
    ...[record?.lost_by_path ?? 0, record?.unmatched ?? 0, record?.late ?? 0, record?.sentinels_lost ?? 0],
  ]);
  const reasons = machines.flatMap(({ id, reason }) => (reason === undefined ? [] : [`${id}: ${reason}`]));
  const grid = table([...head, 'lost by path', 'unmatched', 'late', 'sentinels lost'], rows);
  return [grid, ...reasons].join('\n');
}

function kindsText({ kinds }: Inspection): string {
  const rows = kinds.map(({ target, flags, pairs, answered, partial, silent }) => [
    ...[target, flags === '' ? 'none' : flags, pairs],
    ...[answered, partial, silent].map((count) => percent(count, pairs).padStart(8)),
  ]);
  return table(['port', 'flags', 'machines x probes', 'answered', 'partial', 'silent'], rows);
}

function nondeterminismText(of: Inspection): string {
  const rows = of.fields
    .filter(({ nondeterministic }) => nondeterministic > 0)
    .sort((a, b) => b.nondeterministic - a.nondeterministic)
    .map(({ field, constant, nondeterministic }) => [
      ...[field, nondeterministic, percent(nondeterministic, constant + nondeterministic)],
    ]);
  if (rows.length === 0) return 'no field differs between the copies of a probe';
  return table(['field that differs between copies', 'machines x probes', 'share'], rows);
}

function partialText({ partial: { count, first }, copies }: Inspection): string {
  if (count === 0) return 'no probe was answered in part';
  const rows = first
    .slice(0, mostShown)
    .map(({ machine, probe, answered }) => [machine, probe, `${answered} of ${copies}`]);
  const more = count > rows.length ? [`... ${count} in all`] : [];
  return [table(['answered in part', 'probe', 'copies'], rows), ...more].join('\n');
}

/** What a run says to the usual questions, for people. */
export function inspectionText(of: Inspection): string {
  const { values, disk } = of;
  if (values) {
    const rows = values
      .slice(0, mostShown)
      .map(({ value, pairs, machines, machine, probe }) => [
        value,
        pairs,
        machines,
        `${machine} probe ${probe}`,
      ]);
    const more = values.length > rows.length ? [`... ${values.length} values`] : [];
    return [table(['value', 'machines x probes', 'machines', 'first'], rows), ...more].join('\n');
  }
  const files = disk.map(({ file, files: count, bytes }) => [file, count, formatBytes(bytes).padStart(7)]);
  const total = formatBytes(disk.reduce((sum, { bytes }) => sum + bytes, 0));
  return [
    ...[headText(of), machinesText(of), kindsText(of), nondeterminismText(of), partialText(of)],
    `${table(['file', 'files', 'bytes'], files)}\n${total} in all`,
  ].join('\n\n');
}

/** The copies of a probe, side by side. */
export function copiesText({ machine, probe, target, sent, afterMs, fields }: Copies): string {
  const cell = (value: number | string | null) => (value === null ? '-' : String(value));
  const shown = Object.entries(sent).map(([name, value]) => `${name} ${value}`);
  const rows = [
    ['answered after ms', ...afterMs.map((ms) => (ms === null ? 'silence' : ms.toFixed(3)))],
    ...fields.map(({ field, values }) => [
      `${new Set(values.filter((_, copy) => afterMs[copy] !== null)).size > 1 ? '* ' : '  '}${field}`,
      ...values.map(cell),
    ]),
  ];
  const head = ['', ...afterMs.map((_, copy) => `copy ${copy}`)];
  return `probe ${probe} to the ${target} port of ${machine}: ${shown.join(', ')}\n\n${table(head, rows)}`;
}
