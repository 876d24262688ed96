import { randomBytes } from 'node:crypto';
import type { RawResponses } from '../../dataset/raw.js';
import { PcapngFile } from '../../packet/pcapng-file.js';
import { readdress } from '../../probe/send-copy.js';
import type { SendOrder } from '../../probe/send-order.js';
import { version } from '../../version.js';
import { gatherEvidence } from '../explain/evidence.js';
import { orderOf } from '../probe-set.js';
import type { RunFolder } from '../run-folder.js';

export interface ExportedExchange {
  readonly probes: number;
  readonly responses: number;
}

/**
 * When copies were sent, ms, in the order of sending. That is not recorded: each has the latest time at which neither
 * its own answer nor that of a later copy had come.
 */
function latestSent(raw: RawResponses, { sequence }: SendOrder, endMs: number): Float64Array {
  const { probes, copies, receivedMs } = raw;
  const latest = new Float64Array(sequence.length);
  let limit = receivedMs.reduce((most, ms) => Math.max(most, ms), endMs);
  for (let place = latest.length - 1; place >= 0; place--) {
    const [probe, copy] = [sequence[place]! % probes, Math.floor(sequence[place]! / probes)];
    if (raw.has(probe, copy)) limit = Math.min(limit, receivedMs[probe * copies + copy]!);
    latest[place] = limit;
  }
  return latest;
}

/**
 * Writes the probes that went to a machine and its first answers as pcapng, in the order of time, which counts from the
 * start of probing. Throws InputError for what the run does not have, CapabilityError when it cannot be written.
 */
export async function exportExchange(
  folder: RunFolder,
  file: string,
  machine: string,
): Promise<ExportedExchange> {
  const { raw, frames, record, scenario } = await gatherEvidence(folder, machine);
  const { probes, copies, receivedMs } = raw;
  const order = orderOf(scenario, probes, record.id, record.sending);
  const sent = latestSent(raw, order, record.duration_ms);
  const answered = Array.from({ length: probes * copies }, (_, at) => at)
    .filter((at) => raw.has(Math.floor(at / copies), at % copies))
    .sort((one, other) => receivedMs[one]! - receivedMs[other]!);
  const temporary = `${file}.${randomBytes(4).toString('hex')}.tmp`;
  using capture = new PcapngFile(
    temporary,
    file,
    [{ name: 'prober', description: 'the near end of the path' }],
    {
      application: `Stackbed ${version}`,
      comment: `${machine}: probes and first answers. Time counts from the start of probing; of a probe it is the latest that the answers allow.`,
    },
  );
  const write = (probe: number, copy: number, bytes: Uint8Array, ms: number) =>
    capture.write({
      ...{ interfaceId: 0, bytes, timestamp: BigInt(Math.round(ms * 1e6)) },
      comment: `probe ${probe} copy ${copy}`,
    });
  let next = 0;
  const answersBefore = (ms: number) => {
    for (; next < answered.length && receivedMs[answered[next]!]! < ms; next++) {
      const at = answered[next]!;
      const [probe, copy] = [Math.floor(at / copies), at % copies];
      write(probe, copy, raw.frame(probe, copy)!, receivedMs[at]!);
    }
  };
  for (const [place, ms] of sent.entries()) {
    answersBefore(ms);
    const index = order.sequence[place]!;
    const bytes = frames[index % probes]!.slice();
    readdress(bytes, index);
    write(index % probes, Math.floor(index / probes), bytes, ms);
  }
  answersBefore(Number.POSITIVE_INFINITY);
  capture.keep();
  return { probes: sent.length, responses: answered.length };
}
