interface Held {
  readonly due: number;
  readonly order: number;
  readonly release: () => void;
  readonly discard: () => void;
}

/** Node fires a longer timer at once. */
const longestTimer = 2 ** 31 - 1;

function before(a: Held, b: Held): boolean {
  return a.due < b.due || (a.due === b.due && a.order < b.order);
}

/**
 * Holds packets until they are due, in real time (milliseconds, the timer's resolution is 1 ms). Equal due
 * times leave in the order in which they came. A binary heap: hold and release cost O(log held).
 */
export class DelayLine {
  private readonly heap: Held[] = [];
  private order = 0;
  private timer: NodeJS.Timeout | undefined;

  get held(): number {
    return this.heap.length;
  }

  /** Calls `release` when `ms` milliseconds have passed, or `discard` when the line is cleared before. */
  hold(ms: number, release: () => void, discard: () => void): void {
    const item = { due: performance.now() + ms, order: this.order++, release, discard };
    this.heap.push(item);
    let at = this.heap.length - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!before(item, this.heap[parent]!)) break;
      this.heap[at] = this.heap[parent]!;
      at = parent;
    }
    this.heap[at] = item;
    if (at === 0) this.arm();
  }

  /** Discards everything that is held. */
  clear(): void {
    clearTimeout(this.timer);
    for (const item of this.heap.splice(0)) item.discard();
  }

  private arm(): void {
    clearTimeout(this.timer);
    const first = this.heap[0];
    if (!first) return;
    const wait = Math.min(longestTimer, Math.max(0, first.due - performance.now()));
    this.timer = setTimeout(() => this.run(), wait);
  }

  private run(): void {
    const now = performance.now();
    while (this.heap.length > 0 && this.heap[0]!.due <= now) this.takeFirst().release();
    this.arm();
  }

  private takeFirst(): Held {
    const first = this.heap[0]!;
    const last = this.heap.pop()!;
    const size = this.heap.length;
    if (size > 0) {
      let at = 0;
      for (;;) {
        let child = 2 * at + 1;
        if (child >= size) break;
        if (child + 1 < size && before(this.heap[child + 1]!, this.heap[child]!)) child++;
        if (!before(this.heap[child]!, last)) break;
        this.heap[at] = this.heap[child]!;
        at = child;
      }
      this.heap[at] = last;
    }
    return first;
  }
}
