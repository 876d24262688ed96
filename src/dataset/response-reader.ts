import { dirname, join } from 'node:path';
import { probesDigest } from '../probe/probe.js';
import { readParquetColumns, unreadable } from './parquet.js';
import { ShapeCodec } from './response-shape.js';
import { responsesFormat } from './response-writer.js';

/** The probes' frames as their first copies carried them to a machine. */
export type SentFrames = () => readonly Uint8Array[];

/** Takes one response, its frame for good; false when it is none that the file may have. */
export type TakeResponse = (probe: number, copy: number, frame: Uint8Array, receivedMs: number) => boolean;

export interface StoredResponses {
  readonly probes: number;
  readonly copies: number;
  /** Puts the responses together, in the order of arrival. Throws InputError for one that `take` refuses. */
  each(take: TakeResponse): void;
}

/**
 * Opens what `ResponseWriter` wrote; undefined for a file of the first form. Throws InputError for damaged or missing
 * files, for a form that is not known, and when other probes are given than were sent.
 */
export async function readStored(path: string, sent?: SentFrames): Promise<StoredResponses | undefined> {
  const table = await readParquetColumns(path);
  const { metadata } = table;
  if (metadata.format === undefined) return undefined;
  if (metadata.format !== responsesFormat)
    throw unreadable(path, `its form is ${metadata.format}, and this version reads ${responsesFormat}`);
  if (!sent) throw new Error(`${path} stores responses by their probes, and the probes are not given`);
  const frames = sent();
  if (probesDigest(frames) !== metadata['probes.sha256'])
    throw unreadable(path, 'it is told by other probes than the scenario of its run gives');
  const shapes = await readParquetColumns(join(dirname(path), 'shapes.parquet'));
  const [rules, bodies] = [shapes.numbers('rules'), shapes.bytes('frame')];
  return {
    probes: Number(metadata.probes),
    copies: Number(metadata.copies),
    each: (take) => {
      const codec = new ShapeCodec(frames);
      const of = (name: string) => table.numbers(name);
      const [probe, copy, receivedUs, shape] = [of('probe'), of('copy'), of('received_us'), of('shape')];
      const [ipId, tcpSeq, tcpAck] = [of('ip_id'), of('tcp_seq'), of('tcp_ack')];
      const [tcpWindow, tcpTsval, rest] = [of('tcp_window'), of('tcp_tsval'), table.bytes('rest')];
      for (let row = 0; row < table.rows; row++) {
        const [asked, again] = [probe[row]!, copy[row]!];
        const body = bodies[shape[row]!];
        const frame =
          body && frames[asked]
            ? codec.give(asked, again, rules[shape[row]!]!, body, {
                ipId: ipId[row]!,
                tcpSeq: tcpSeq[row]!,
                tcpAck: tcpAck[row]!,
                tcpWindow: tcpWindow[row]!,
                tcpTsval: tcpTsval[row]!,
              })
            : rest[row];
        if (!frame || !take(asked, again, frame, receivedUs[row]! / 1000))
          throw unreadable(path, `row ${row} is no response to one of its probe copies`);
      }
    },
  };
}
