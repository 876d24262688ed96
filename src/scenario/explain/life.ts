import { unreadable } from '../../dataset/parquet.js';
import { InputError } from '../../errors.js';
import { type Exchange, followExchange } from '../../netem/journey/exchange.js';
import { ForeignDecision } from '../../netem/journey/follow.js';
import { addressing } from '../../probe/addressing.js';
import { readdress } from '../../probe/send-copy.js';
import type { RunFolder } from '../run-folder.js';
import { type Evidence, gatherEvidence } from './evidence.js';
import { type ProbeReading, readProbe } from './reading.js';

/** One copy of a probe, from the prober to the machine and back. */
export interface CopyLife {
  readonly copy: number;
  /** Its source address, a 32-bit number. */
  readonly address: number;
  readonly sent: Uint8Array;
  readonly exchange: Exchange;
  /** The first answer that came, and milliseconds from the start of probing until it did. */
  readonly response: { readonly frame: Uint8Array; readonly afterMs: number } | undefined;
}

/** What became of a probe of a run, by the run's own records. */
export interface ProbeLife {
  readonly run: string;
  readonly scenario: string;
  readonly seed: number;
  readonly machine: string;
  readonly probe: number;
  readonly probes: number;
  readonly target: 'open' | 'closed';
  readonly port: number;
  readonly copies: readonly CopyLife[];
  readonly reading: ProbeReading;
}

export interface Asked {
  readonly machine: string;
  readonly probe: number;
  /** One copy; all of them when left out. */
  readonly copy?: number | undefined;
}

/** Explains a probe. Throws InputError for what the run does not have, and where its records are damaged. */
export async function probeLife(folder: RunFolder, { machine, probe, copy }: Asked): Promise<ProbeLife> {
  const evidence = await gatherEvidence(folder, machine);
  const { scenario, probes, frames, raw, record } = evidence;
  inRange('probe', probe, raw.probes);
  if (copy !== undefined) inRange('copy', copy, raw.copies);
  const { target } = probes[probe]!;
  const numbers = copy === undefined ? Array.from({ length: raw.copies }, (_, index) => index) : [copy];
  return {
    run: folder.path,
    scenario: scenario.name,
    seed: scenario.seed,
    machine,
    probe,
    probes: frames.length,
    target,
    port: (record.ports ?? scenario.probes)[target],
    copies: numbers.map((number) => copyLife(evidence, probe, number)),
    reading: readProbe(machine, raw, probe),
  };
}

function inRange(what: string, number: number, count: number): void {
  if (number < count) return;
  throw new InputError(`the run has no ${what} ${number}: it sent ${count}`, {
    remedy: `give --${what} a number from 0 to ${count - 1}`,
  });
}

function copyLife({ frames, lanes, decisions, raw, log }: Evidence, probe: number, copy: number): CopyLife {
  const index = copy * frames.length + probe;
  const sent = frames[probe]!.slice();
  readdress(sent, index);
  const frame = raw.frame(probe, copy);
  const afterMs = raw.receivedMs[probe * raw.copies + copy]!;
  try {
    return {
      ...{ copy, sent },
      address: addressing.copies + index,
      exchange: followExchange(lanes, decisions, sent, frame),
      response: frame && { frame, afterMs },
    };
  } catch (error) {
    if (!(error instanceof ForeignDecision)) throw error;
    throw unreadable(log, `${error.message} (probe ${probe}, copy ${copy})`, error);
  }
}
