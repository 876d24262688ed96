import type { BootedMachine } from '../../../testbed/boot.js';
import { type Lab, requirePrivileges } from '../../../testbed/lab/lab.js';
import type { Lease } from '../../../testbed/lease/lease.js';
import { joinLabProber } from '../../../testbed/tools/lab-prober.js';
import { runNmap } from '../../../testbed/tools/nmap.js';
import { runP0f } from '../../../testbed/tools/p0f.js';
import { runXprobe2 } from '../../../testbed/tools/xprobe2.js';
import { CapabilityError, InterruptedError } from '../../errors.js';
import { captureHandshake } from '../../probe/handshake.js';
import type { ToolAnswers, ToolName } from '../../report/tools-result.js';
import { closedUdp } from '../nmap-scans.js';

/** Those that are run in the lab, beside the machine. */
const active: readonly ToolName[] = ['nmap', 'xprobe2'];

/** @throws CapabilityError where this process may not make the namespace that a tool runs in */
export function checkTools(tools: readonly ToolName[]): void {
  const [tool] = tools.filter((each) => active.includes(each));
  if (tool === undefined) return;
  try {
    requirePrivileges();
  } catch (error) {
    throw new CapabilityError(`the tool ${tool} cannot be run: ${(error as Error).message}`, {
      remedy: 'run as root, or leave it out of the experiment, as in `tool: p0f`',
    });
  }
}

/** What tools are run in, and with what patience. */
export interface ToolBench {
  readonly tools: readonly ToolName[];
  readonly lease: Lease;
  readonly lab: () => Promise<Lab>;
}

interface Asked {
  readonly open: number;
  readonly closed: number;
  readonly slowdown: number;
  readonly signal: AbortSignal;
}

/** Asks tools about a booted machine, across its path. */
export type AskTools = (booted: BootedMachine, asked: Asked) => Promise<ToolAnswers>;

const activePatienceMs = 60_000;
const p0fPatienceMs = 10_000;
const handshakePatienceMs = 400;

/**
 * Asks the tools, one machine after another where they share the lab. A tool that fails for a machine is recorded with
 * its reason; InterruptedError is thrown when the signal aborts.
 */
export function toolBench({ tools, lease, lab }: ToolBench): AskTools {
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const own = turn.then(work);
    turn = own.catch(() => {});
    return own;
  };
  return async (booted, asked) => ({
    ...(tools.includes('nmap') && {
      nmap: await inTurn(() => askInLab(booted, asked, { lease, lab }, nmapGuesses)),
    }),
    ...(tools.includes('p0f') && { p0f: await askP0f(booted, asked, lease) }),
    ...(tools.includes('xprobe2') && {
      xprobe2: await inTurn(() => askInLab(booted, asked, { lease, lab }, xprobe2Guesses)),
    }),
  });
}

type InLab = Parameters<typeof runNmap>[0];

async function nmapGuesses(options: InLab) {
  const { guesses } = await runNmap(options);
  return guesses.map(({ name, accuracy }) => ({ name, accuracy }));
}

/** It prints all that it knows, down to the worst; as many as this are as good as the best. */
const guessesKept = 40;

async function xprobe2Guesses(options: InLab) {
  return (await runXprobe2({ ...options, closedUdp })).slice(0, guessesKept);
}

async function askInLab<T>(
  { prober, control }: BootedMachine,
  { open, closed, slowdown, signal }: Asked,
  { lease, lab: opened }: Pick<ToolBench, 'lease' | 'lab'>,
  ask: (options: InLab) => Promise<T[]>,
): Promise<{ guesses: T[]; failure?: string }> {
  const lab = await opened();
  await using _joined = await joinLabProber(lab, prober);
  const { resets } = control;
  control.resets = true;
  try {
    const timeoutMs = activePatienceMs * slowdown;
    return { guesses: await ask({ lab, lease, open, closed, timeoutMs, signal }) };
  } catch (error) {
    return { guesses: [], failure: reasonOf(error, signal) };
  } finally {
    control.resets = resets;
  }
}

async function askP0f(
  { prober, control }: BootedMachine,
  { open, slowdown, signal }: Asked,
  lease: Lease,
): Promise<NonNullable<ToolAnswers['p0f']>> {
  const timeoutMs = handshakePatienceMs * slowdown;
  const frames = await captureHandshake({ prober, control, open, timeoutMs, signal });
  try {
    return { os: (await runP0f({ lease, frames, timeoutMs: p0fPatienceMs * slowdown, signal })) ?? null };
  } catch (error) {
    return { os: null, failure: reasonOf(error, signal) };
  }
}

function reasonOf(error: unknown, signal: AbortSignal): string {
  if (signal.aborted) throw new InterruptedError('a tool was interrupted', { cause: error });
  if (!(error instanceof CapabilityError)) throw error;
  return error.message;
}
