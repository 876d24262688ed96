import type { Decision, DecisionList } from '../netem/decision-log.js';
import { formatIpv4Address, parseIpv4Address } from '../packet/address.js';
import { readParquet, unreadable, writeParquet } from './parquet.js';

type Texts = Record<'direction' | 'prober' | 'kind' | 'action' | 'before' | 'after', (string | null)[]>;

/**
 * Writes `impairments.parquet`: every decision of a machine's path in canonical order, one row each; rewritten bytes
 * as `offset:hex` counted from the IPv4 header, runs of them with blanks between.
 */
export async function writeDecisions(path: string, decisions: DecisionList): Promise<void> {
  const texts = { direction: [], prober: [], kind: [], action: [], before: [], after: [] } as Texts;
  const numbers = ['stage', 'proberPort', 'machinePort', 'protocol', 'ordinal', 'copy'] as const;
  const integers = numbers.map(() => new Int32Array(decisions.length));
  const values = new BigInt64Array(decisions.length);
  let row = 0;
  for (const decision of decisions) {
    const { direction, proberAddress, kind, action, value, before, after } = decision;
    texts.direction.push(direction);
    texts.prober.push(formatIpv4Address(proberAddress));
    texts.kind.push(kind);
    texts.action.push(action);
    texts.before.push(before ?? null);
    texts.after.push(after ?? null);
    for (const [column, name] of numbers.entries()) integers[column]![row] = decision[name];
    values[row++] = BigInt(value);
  }
  const text = (name: keyof Texts) => ({ name, type: 'STRING', data: texts[name] }) as const;
  await writeParquet(path, [
    ...(['direction', 'prober', 'kind', 'action'] as const).map(text),
    ...numbers.map((name, column) => ({
      name: name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      type: 'INT32' as const,
      data: integers[column]!,
    })),
    { name: 'value', type: 'INT64', data: values },
    ...(['before', 'after'] as const).map(text),
  ]);
}

const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0;

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

/** Reads what {@link writeDecisions} wrote, in its order. Throws InputError when it cannot. */
export async function readDecisions(path: string): Promise<Decision[]> {
  const { rows } = await readParquet(path);
  return rows.map((row, index) => {
    const { direction, prober, kind, action, value, before, after } = row;
    const [stage, proberPort, machinePort, protocol, ordinal, copy] = [
      ...[row.stage, row.prober_port, row.machine_port],
      ...[row.protocol, row.ordinal, row.copy],
    ];
    const known =
      (direction === 'forward' || direction === 'reverse') &&
      [prober, kind, action].every(isText) &&
      [stage, proberPort, machinePort, protocol, ordinal, copy].every(isCount) &&
      [before, after].every((one) => one === null || isText(one)) &&
      typeof value === 'bigint';
    if (!known) throw unreadable(path, `row ${index} is no decision of a path`);
    return {
      ...{ direction, stage, proberPort, machinePort, protocol, ordinal, copy, kind, action },
      proberAddress: parseIpv4Address(prober as string),
      value: Number(value),
      ...(before !== null && { before }),
      ...(after !== null && { after }),
    } as Decision;
  });
}
