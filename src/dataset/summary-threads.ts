import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { InputError } from '../errors.js';
import { packageRoot } from '../package-root.js';
import type { StoredMachine } from './machine-summary.js';
import type { OwnSummary, ThreadAnswer, ThreadJob } from './summary-thread.js';

export interface ThreadedMachine extends StoredMachine {
  /** The probes' frames as their first copies carried them; machines that share them give the same array. */
  readonly sent: () => readonly Uint8Array[];
}

const program = join(packageRoot, 'dist/src/dataset/summary-thread.js');

/**
 * Summarises machines in as many threads, and gives the summaries in the order of the machines; no more are under way or
 * waiting than twice the threads. Throws InputError on damaged files, and the signal's reason; threads are gone by then.
 */
export async function* summarizeInThreads(
  machines: readonly ThreadedMachine[],
  threads: number,
  signal?: AbortSignal,
): AsyncGenerator<OwnSummary> {
  signal?.throwIfAborted();
  await using pool = new Pool(Math.min(threads, machines.length), signal);
  const under: Promise<OwnSummary>[] = [];
  for (let next = 0; next < machines.length || under.length > 0; ) {
    while (next < machines.length && under.length < 2 * threads) {
      const summary = pool.summarize(machines[next++]!);
      // It may fail before its turn comes.
      summary.catch(() => {});
      under.push(summary);
    }
    yield await under.shift()!;
  }
}

interface Waiting {
  readonly machine: ThreadedMachine;
  readonly resolve: (summary: OwnSummary) => void;
  readonly reject: (error: unknown) => void;
}

interface Thread {
  readonly worker: Worker;
  /** Frames that it has. */
  readonly known: Set<number>;
  job: Waiting | undefined;
}

class Pool implements AsyncDisposable {
  private readonly threads: Thread[];
  private readonly waiting: Waiting[] = [];
  private readonly frames = new Map<readonly Uint8Array[], ThreadJob['frames']>();
  private failure: { readonly error: unknown } | undefined;
  private readonly abort = () => this.fail(this.signal!.reason);

  constructor(
    threads: number,
    private readonly signal?: AbortSignal,
  ) {
    this.threads = Array.from({ length: threads }, () => this.start());
    signal?.addEventListener('abort', this.abort, { once: true });
  }

  summarize(machine: ThreadedMachine): Promise<OwnSummary> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ machine, resolve, reject });
      this.assign();
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.signal?.removeEventListener('abort', this.abort);
    await Promise.all(this.threads.map(({ worker }) => worker.terminate()));
  }

  private start(): Thread {
    const thread: Thread = { worker: new Worker(program), known: new Set(), job: undefined };
    thread.worker.on('message', (answer: ThreadAnswer) => {
      const { job } = thread;
      thread.job = undefined;
      if ('summary' in answer) job?.resolve(answer.summary);
      else job?.reject(new InputError(answer.message, { remedy: answer.remedy }));
      this.assign();
    });
    thread.worker.on('error', (error) => this.fail(error));
    return thread;
  }

  private assign(): void {
    if (this.failure) this.fail(this.failure.error);
    for (const thread of this.threads) {
      if (thread.job) continue;
      const job = this.waiting.shift();
      if (!job) return;
      thread.job = job;
      const { machine, path, sent } = job.machine;
      const frames = this.shared(sent());
      thread.worker.postMessage({
        ...{ machine, path, set: frames.set },
        ...(!thread.known.has(frames.set) && { frames }),
      } satisfies ThreadJob);
      thread.known.add(frames.set);
    }
  }

  private shared(frames: readonly Uint8Array[]): NonNullable<ThreadJob['frames']> {
    const known = this.frames.get(frames);
    if (known) return known;
    const size = frames.reduce((sum, { length }) => sum + length, 0);
    const bytes = new Uint8Array(new SharedArrayBuffer(size));
    const ends = new Uint32Array(new SharedArrayBuffer(4 * frames.length));
    let end = 0;
    for (const [probe, frame] of frames.entries()) {
      bytes.set(frame, end);
      end += frame.length;
      ends[probe] = end;
    }
    const made = { set: this.frames.size, bytes, ends };
    this.frames.set(frames, made);
    return made;
  }

  private fail(error: unknown): void {
    this.failure ??= { error };
    const unanswered = [...this.threads.flatMap(({ job }) => job ?? []), ...this.waiting.splice(0)];
    for (const { reject } of unanswered) reject(error);
  }
}
