import type { BootedMachine } from '../../testbed/boot.js';
import { type Machine, MachineFailure } from '../../testbed/machine.js';
import { collectAll } from '../probe/ask-again.js';
import { type Collection, type CollectOptions, SilentMachine } from '../probe/collection.js';

const consoleLines = 20;

export interface ProbingOptions extends Omit<CollectOptions, 'prober' | 'link' | 'control' | 'part'> {
  /** Names the machine in failures. */
  readonly id: string;
  /** Probe packets, 1 or more, after which the machine gives way to a fresh one; default: it takes them all. */
  readonly group?: number | undefined;
}

/** What happened while a machine was probed; its duration has the restores in it. */
export interface Probing extends Collection {
  /** Fresh machines that took the place of the first. */
  readonly restores: number;
  readonly restoreMs: number;
}

/** Rejects when the machine is gone. */
export function goneOf(machine: Machine, id: string): Promise<never> {
  const gone = machine.exited.then((how) => {
    throw new MachineFailure(id, `${how} while it was probed`, machine.console.tail(consoleLines));
  });
  // Whoever waits for it hears of it; nobody may.
  gone.catch(() => {});
  return gone;
}

/**
 * Sends a machine its probes, in groups where it is to be fresh for each. Throws MachineFailure when it exits or falls
 * silent, or a fresh one does not come up; InterruptedError when the signal aborts.
 */
export async function probeMachine(booted: BootedMachine, options: ProbingOptions): Promise<Probing> {
  const { id, frames, copies, onResponse } = options;
  const total = frames.length * copies;
  const group = Math.max(1, options.group ?? total);
  const startedAt = performance.now();
  let all: Probing | undefined;
  for (let from = 0; from < total || !all; from += group) {
    const before = performance.now();
    if (from > 0) await booted.renew();
    const sinceMs = from > 0 ? performance.now() - startedAt : 0;
    const { machine, prober, link, control } = booted;
    const counts = await Promise.race([
      goneOf(machine, id),
      collectAll({
        ...options,
        ...{ prober, link, control },
        part: { from, to: Math.min(total, from + group) },
        onResponse:
          from === 0
            ? onResponse
            : (probe, copy, frame, receivedMs) => onResponse(probe, copy, frame, sinceMs + receivedMs),
      }),
    ]).catch((error: unknown) => {
      if (!(error instanceof SilentMachine)) throw error;
      throw new MachineFailure(id, error.message, machine.console.tail(consoleLines));
    });
    all = added(all, counts, { sinceMs, restoreMs: from > 0 ? startedAt + sinceMs - before : 0 });
  }
  return all;
}

function added(
  sum: Probing | undefined,
  counts: Collection,
  { sinceMs, restoreMs }: { readonly sinceMs: number; readonly restoreMs: number },
): Probing {
  if (!sum) return { ...counts, restores: 0, restoreMs: 0 };
  return {
    sent: sum.sent + counts.sent,
    received: sum.received + counts.received,
    repeated: sum.repeated + counts.repeated,
    unmatched: sum.unmatched + counts.unmatched,
    late: sum.late + counts.late,
    sentinelsLost: sum.sentinelsLost + counts.sentinelsLost,
    resent: sum.resent + counts.resent,
    durationMs: sinceMs + counts.durationMs,
    restores: sum.restores + 1,
    restoreMs: sum.restoreMs + restoreMs,
  };
}
