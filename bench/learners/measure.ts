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

/** Processor seconds of a process that runs, 0 of one that has ended: fields 14 and 15 of proc(5), in hundredths. */
function processorSeconds(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return 0;
  }
}

/** Milliseconds between looks at a process. */
const patience = 250;
/** A process that swaps, or waits for others, may take so many times its limit by the clock. */
const clock = 20;

const outOfMemory = /OutOfMemoryError|MemoryError|Unable to allocate|Cannot allocate memory|std::bad_alloc/;

/**
 * Runs a program that prints seconds, a second figure and its peak in MB, and on the next line the seconds of one
 * training. It has `limit` processor seconds until it says `begun at SECONDS` on standard error, and as many again.
 */
export async function measure(
  program: string,
  args: readonly string[],
  limit: number,
): Promise<Run | Missing> {
  const child = execa(program, args, { reject: false });
  let said = '';
  let stopped: Missing | undefined;
  const since = performance.now();
  const timer = setInterval(() => {
    const [, begun] = /^begun at ([\d.]+)$/m.exec(said) ?? [];
    const spent = processorSeconds(child.pid!) - Number(begun ?? 0);
    const isLate = performance.now() - since > clock * limit * 1000;
    if (spent <= limit && !isLate) return;
    stopped ??= {
      missing: isLate ? `more than ${clock * limit} s by the clock` : `more than ${limit} s`,
      ...(begun !== undefined && { atLeast: spent }),
    };
    child.kill('SIGKILL');
  }, patience);
  child.stderr.on('data', (text) => {
    said += text;
  });
  const { exitCode, failed, signal, stderr, stdout } = await child;
  clearInterval(timer);
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
