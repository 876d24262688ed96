import type { Collection, CollectOptions } from './collection.js';
import { collect } from './collector.js';
import { listedOrder, type SendOrder } from './send-order.js';

const rounds = 4;

/**
 * Collects as `collect` does. A machine that lost a sentinel though its path drops nothing loses packets of itself, and
 * others than those right before a sentinel: of such a machine, copies without an answer are sent once more, and again,
 * where another copy of the probe was answered. A probe that it does not answer at all is left in peace.
 */
export async function collectAll(options: CollectOptions): Promise<Collection> {
  let all = await collect(options);
  const { answered, copies, frames } = options;
  if (!answered || all.sentinelsLost === 0) return all;
  const given = options.order ?? listedOrder(frames.length, copies);
  const { from, to } = options.part ?? { from: 0, to: frames.length * copies };
  for (let round = 0; round < rounds; round++) {
    const lost = given.sequence.subarray(from, to).filter((index) => {
      const probe = index % frames.length;
      return !answered(probe, Math.floor(index / frames.length)) && isAnswered(probe, answered, copies);
    });
    if (lost.length === 0) break;
    const again = await collect({
      ...options,
      order: orderOf(lost, given.places.length),
      part: { from: 0, to: lost.length },
      onProgress: undefined,
      onResponse: (probe, copy, frame, receivedMs) =>
        options.onResponse(probe, copy, frame, all.durationMs + receivedMs),
    });
    all = {
      ...all,
      received: all.received + again.received,
      repeated: all.repeated + again.repeated,
      unmatched: all.unmatched + again.unmatched,
      late: all.late + again.late,
      sentinelsLost: all.sentinelsLost + again.sentinelsLost,
      resent: all.resent + again.sent + again.resent,
      durationMs: all.durationMs + again.durationMs,
    };
  }
  return all;
}

function isAnswered(
  probe: number,
  answered: NonNullable<CollectOptions['answered']>,
  copies: number,
): boolean {
  for (let copy = 0; copy < copies; copy++) if (answered(probe, copy)) return true;
  return false;
}

/** Some copies of a probe set, known by their indices: all others have no place. */
function orderOf(sequence: Uint32Array, copies: number): SendOrder {
  const places = new Uint32Array(copies).fill(0xffff_ffff);
  for (const [place, index] of sequence.entries()) places[index] = place;
  return { sequence, places };
}
