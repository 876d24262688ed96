import { readFileSync } from 'node:fs';
import { execa } from 'execa';

/** What a process measured. */
export interface Run {
  /** Processor time of what is timed. */
  readonly seconds: number;
  /** Of a learner the share of right answers, of a reduction its columns. */
  readonly second: number;
  readonly peakMb: number;
  /** Processor seconds of one training on all rows; null where it was stopped before, or there is none. */
  readonly train: number | null;
}

/** Why there is no figure; for a run that was stopped, processor seconds since it said `begun at …`. */
export interface Missing {
  readonly missing: string;
  readonly atLeast?: number;
}

/** Processor seconds of a process that runs: fields 14 and 15 of proc(5), in hundredths. */
function processorSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

const outOfMemory = /OutOfMemoryError|MemoryError|Unable to allocate|Cannot allocate memory|std::bad_alloc/;

/**
 * Runs a program that prints seconds, a second figure and its peak in MB, and on the next line the seconds of one
 * training. It has `limit` seconds from its start until it says `begun at SECONDS` on standard error, and as many again.
 */
export async function measure(
  program: string,
  args: readonly string[],
  limit: number,
): Promise<Run | Missing> {
  const child = execa(program, args, { reject: false });
  let said = '';
  let stopped: Missing | undefined;
  const stop = () => {
    const [, begun] = /^begun at ([\d.]+)$/m.exec(said) ?? [];
    const atLeast = begun === undefined ? undefined : processorSeconds(child.pid!) - Number(begun);
    stopped = { missing: `more than ${limit} s`, ...(atLeast !== undefined && { atLeast }) };
    child.kill('SIGKILL');
  };
  let timer = setTimeout(stop, limit * 1000);
  child.stderr.on('data', (text) => {
    const before = /^begun at /m.test(said);
    said += text;
    if (before || !/^begun at /m.test(said)) return;
    clearTimeout(timer);
    timer = setTimeout(stop, limit * 1000);
  });
  const { exitCode, failed, signal, stderr, stdout } = await child;
  clearTimeout(timer);
  const [first, second] = stdout.trim().split('\n');
  const figures = first?.split(' ').map(Number) ?? [];
  if (figures.length === 3) {
    const [seconds, other, peakMb] = figures as [number, number, number];
    const train = failed || second === undefined ? null : Number(second);
    return { seconds, second: other, peakMb, train };
  }
  if (stopped) return stopped;
  if (outOfMemory.test(stderr)) return { missing: 'more than 16 GB' };
  const words = stderr.trim().split('\n').at(-1);
  return {
    missing: words || (failed && signal ? `ended by ${signal}` : `exit code ${exitCode ?? 'unknown'}`),
  };
}
