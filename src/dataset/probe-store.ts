import type { ColumnSource } from 'hyparquet-writer';
import type { Probe } from '../probe/probe.js';
import { readParquetColumns, unreadable, writeParquet } from './parquet.js';

type Numbers = Exclude<keyof Probe, 'target' | 'options'>;

const columns: readonly (readonly [string, Numbers])[] = [
  ['ip_tos', 'tos'],
  ['ip_id', 'identification'],
  ['ip_flags', 'ipFlags'],
  ['ip_ttl', 'ttl'],
  ['tcp_srcport', 'sourcePort'],
  ['tcp_seq', 'sequence'],
  ['tcp_ack', 'acknowledgment'],
  ['tcp_reserved', 'reserved'],
  ['tcp_flags', 'flags'],
  ['tcp_window', 'window'],
  ['tcp_urgent', 'urgentPointer'],
];

/** Writes `probes.parquet`: a row a probe, its fields and its `frame` as `frames` has it, first copy, usual ports. */
export async function writeProbes(
  path: string,
  probes: readonly Probe[],
  frames: readonly Uint8Array[],
): Promise<void> {
  await writeParquet(path, [
    { name: 'probe', type: 'INT32', data: Int32Array.from(probes.keys()) },
    { name: 'target', type: 'STRING', data: probes.map(({ target }) => target) },
    ...columns.map(
      ([name, field]): ColumnSource => ({
        name,
        type: 'INT64',
        data: BigInt64Array.from(probes, (probe) => BigInt(probe[field])),
      }),
    ),
    { name: 'frame', type: 'BYTE_ARRAY', data: [...frames], encoding: 'PLAIN' },
  ]);
}

/** A stored probe: where it went, and its frame for the usual ports. */
export interface StoredProbe {
  readonly target: Probe['target'];
  readonly frame: Uint8Array;
}

/** Reads what {@link writeProbes} wrote, in the order of the probes. Throws InputError when it is damaged. */
export async function readProbes(path: string): Promise<StoredProbe[]> {
  const table = await readParquetColumns(path);
  const targets = table.texts('target');
  return table.bytes('frame').map((frame, probe) => {
    const target = targets[probe];
    if (!frame || (target !== 'open' && target !== 'closed'))
      throw unreadable(path, `row ${probe} is no probe`);
    return { target, frame };
  });
}
