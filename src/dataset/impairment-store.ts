import type { Decision } from '../netem/decision-log.js';
import { formatIpv4Address } from '../packet/address.js';
import { writeParquet } from './parquet.js';

/**
 * Writes `impairments.parquet`: every decision of a machine's path in canonical order, one row each; rewritten bytes
 * as `offset:hex` counted from the IPv4 header, runs of them with blanks between.
 */
export async function writeDecisions(path: string, decisions: readonly Decision[]): Promise<void> {
  const numbers = ['stage', 'proberPort', 'machinePort', 'protocol', 'ordinal', 'copy'] as const;
  await writeParquet(path, [
    { name: 'direction', type: 'STRING', data: decisions.map((decision) => decision.direction) },
    {
      name: 'prober',
      type: 'STRING',
      data: decisions.map((decision) => formatIpv4Address(decision.proberAddress)),
    },
    { name: 'kind', type: 'STRING', data: decisions.map((decision) => decision.kind) },
    { name: 'action', type: 'STRING', data: decisions.map((decision) => decision.action) },
    ...numbers.map((name) => ({
      name: name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      type: 'INT32' as const,
      data: decisions.map((decision) => decision[name]),
    })),
    { name: 'value', type: 'INT64', data: decisions.map(({ value }) => BigInt(value)) },
    { name: 'before', type: 'STRING', data: decisions.map(({ before }) => before ?? null) },
    { name: 'after', type: 'STRING', data: decisions.map(({ after }) => after ?? null) },
  ]);
}
