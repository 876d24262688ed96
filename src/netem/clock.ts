/** What times are measured by, in milliseconds. */
export interface Clock {
  now(): number;
  /** Calls `run` when `ms` milliseconds have passed, at least 0; gives what `cancel` takes. */
  after(ms: number, run: () => void): object;
  cancel(timer: object | undefined): void;
}

/** Node fires a longer timer at once. */
const longestTimer = 2 ** 31 - 1;

/** The time of the machine that this runs on. A wait beyond 24 days ends early. */
export const realClock: Clock = {
  now: () => performance.now(),
  after: (ms, run) => setTimeout(run, Math.min(longestTimer, Math.max(0, ms))),
  cancel: (timer) => clearTimeout(timer as NodeJS.Timeout | undefined),
};

interface Timer {
  readonly due: number;
  readonly run: () => void;
}

/** Time that passes only when it is told to, so that waits are exact and cost nothing. */
export class VirtualClock implements Clock {
  private time = 0;
  private readonly timers = new Set<object>();

  now(): number {
    return this.time;
  }

  after(ms: number, run: () => void): object {
    const timer: Timer = { due: this.time + Math.max(0, ms), run };
    this.timers.add(timer);
    return timer;
  }

  cancel(timer: object | undefined): void {
    if (timer) this.timers.delete(timer);
  }

  /** Goes on to a time, or until nobody waits any more, and calls what is due on the way, each at its own time. */
  advance(to = Number.POSITIVE_INFINITY): void {
    for (;;) {
      let first: Timer | undefined;
      for (const timer of this.timers as Set<Timer>)
        if (timer.due <= to && (!first || timer.due < first.due)) first = timer;
      if (!first) break;
      this.timers.delete(first);
      this.time = first.due;
      first.run();
    }
    if (Number.isFinite(to)) this.time = Math.max(this.time, to);
  }
}
