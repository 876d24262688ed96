import { setTimeout as sleep } from 'node:timers/promises';
import { InterruptedError } from '../errors.js';
import type { Port } from '../netem/port.js';
import { tcpFrame } from '../packet/build.js';
import { decodeFrame, emitFrame, type Frame } from '../packet/frame.js';
import { tcpFlag } from '../packet/tcp-flags.js';
import { addressing } from '../probe/addressing.js';
import type { Control } from '../probe/control.js';
import type { RandomStream } from '../random.js';
import type { Sample } from './sequence-tests.js';

/** What a machine sent for one SYN whose SYN-ACK nobody answered. */
export interface Unanswered {
  /** When each copy of the SYN-ACK came after the first, ms. */
  readonly retransmissions: readonly number[];
  /** Timestamps of all copies and when they came, ms; undefined where one has none. */
  readonly timestamps: readonly (Sample | undefined)[];
}

export interface UnansweredOptions {
  /** The prober's port on the wire; the SYNs cross the machine's path. */
  readonly prober: Port;
  readonly control: Control;
  readonly open: number;
  /** SYNs at once, from ports of their own. */
  readonly count: number;
  /** How long after the first SYN-ACK copies of it are waited for, ms. */
  readonly durationMs: number;
  readonly random: RandomStream;
  readonly signal?: AbortSignal | undefined;
}

/** Between SYNs, ms: no multiple of half a second, so that slow timers are met in other phases. */
const spacingMs = 170;
/** A copy that comes sooner was duplicated on its way: no stack is so impatient. */
const soonestMs = 250;

/**
 * Leaves SYN-ACKs without an answer and notes when a machine sends them again (the idea of JA4TScan). What is open at
 * the end is turned down with the next copy. Undefined for a SYN that got no SYN-ACK. Throws InterruptedError when the
 * signal aborts.
 */
export async function unansweredHandshakes(options: UnansweredOptions): Promise<(Unanswered | undefined)[]> {
  const { prober, control, open, count, durationMs, random, signal } = options;
  const firstPort = 10_000 + random.below(20_000);
  const sequence = random.uint32();
  const arrivals = Array.from({ length: count }, () => [] as { ms: number; frame: Frame }[]);
  prober.onFrame = (bytes) => {
    const frame = decodeFrame(bytes.slice());
    const { tcp } = frame;
    if (frame.ipv4?.destination !== addressing.survey || tcp?.sourcePort !== open) return;
    const isSynAck = (tcp.flags & tcpFlag.syn) !== 0 && (tcp.flags & tcpFlag.ack) !== 0;
    if (isSynAck) arrivals[tcp.destinationPort - firstPort]?.push({ ms: performance.now(), frame });
  };
  const { resets } = control;
  control.resets = false;
  try {
    for (let each = 0; each < count; each++) {
      prober.send(
        emitFrame(
          tcpFrame({
            ethernet: { source: addressing.proberMac, destination: addressing.machineMac },
            ipv4: { source: addressing.survey, destination: addressing.machine, ttl: 64 },
            tcp: {
              ...{ sourcePort: firstPort + each, destinationPort: open, sequence, flags: tcpFlag.syn },
              window: 64_240,
              options: [
                { type: 'mss', value: 1460 },
                { type: 'sackPermitted' },
                { type: 'timestamps', value: 1 + random.below(0x7fff_ffff), echo: 0 },
              ],
            },
          }),
        ),
      );
      prober.flush();
      await sleep(spacingMs, undefined, { signal });
    }
    await sleep(durationMs, undefined, { signal });
  } catch (error) {
    if (signal?.aborted) throw new InterruptedError('the scan was interrupted', { cause: error });
    throw error;
  } finally {
    control.resets = resets;
    prober.onFrame = undefined;
  }
  return arrivals.map((own) => unansweredOf(own, durationMs));
}

function unansweredOf(
  arrivals: readonly { ms: number; frame: Frame }[],
  durationMs: number,
): Unanswered | undefined {
  const copies = arrivals.filter(
    ({ ms }, index) =>
      index === 0 || (ms - arrivals[index - 1]!.ms >= soonestMs && ms - arrivals[0]!.ms <= durationMs),
  );
  const [first, ...others] = copies;
  if (!first) return undefined;
  return {
    retransmissions: others.map(({ ms }) => ms - first.ms),
    timestamps: copies.map(({ ms, frame }) => {
      const option = frame.tcp!.options.find(({ type }) => type === 'timestamps');
      return option?.type === 'timestamps' ? { value: option.value, sentMs: ms } : undefined;
    }),
  };
}
