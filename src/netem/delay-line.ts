import { type Clock, realClock } from './clock.js';

/**
 * Holds items until they are due, by default in real time (milliseconds, the timer's resolution is 1 ms). Equal due
 * times leave in the order in which they came. A binary heap: hold and release cost O(log held).
 */
export class DelayLine<Item> {
  /** By place in the heap. */
  private readonly due: number[] = [];
  private readonly order: number[] = [];
  private readonly items: Item[] = [];
  private nextOrder = 0;
  private timer: object | undefined;
  private readonly run = () => this.releaseDue();

  /**
   * @param release called with an item when its time has passed
   * @param discard called with what is held when the line is cleared
   */
  constructor(
    private readonly release: (item: Item) => void,
    private readonly discard: (item: Item) => void,
    private readonly clock: Clock = realClock,
  ) {}

  get held(): number {
    return this.items.length;
  }

  /** Releases `item` when `ms` milliseconds have passed. */
  hold(ms: number, item: Item): void {
    const due = this.clock.now() + ms;
    let at = this.items.length;
    this.items.push(item);
    this.due.push(due);
    this.order.push(0);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      // The new one came last: of equal ones it stays behind.
      if (this.due[parent]! <= due) break;
      this.move(parent, at);
      at = parent;
    }
    this.put(at, due, this.nextOrder++, item);
    if (at === 0) this.arm();
  }

  /** Discards everything that is held. */
  clear(): void {
    this.clock.cancel(this.timer);
    this.due.length = this.order.length = 0;
    for (const item of this.items.splice(0)) this.discard(item);
  }

  private arm(): void {
    this.clock.cancel(this.timer);
    if (this.items.length === 0) return;
    this.timer = this.clock.after(this.due[0]! - this.clock.now(), this.run);
  }

  private releaseDue(): void {
    const now = this.clock.now();
    while (this.items.length > 0 && this.due[0]! <= now) this.release(this.takeFirst());
    this.arm();
  }

  private takeFirst(): Item {
    const first = this.items[0]!;
    const [item, due, order] = [this.items.pop()!, this.due.pop()!, this.order.pop()!];
    const size = this.items.length;
    if (size === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= size) break;
      if (child + 1 < size && this.isBefore(child + 1, this.due[child]!, this.order[child]!)) child++;
      if (!this.isBefore(child, due, order)) break;
      this.move(child, at);
      at = child;
    }
    this.put(at, due, order, item);
    return first;
  }

  private isBefore(at: number, due: number, order: number): boolean {
    return this.due[at]! < due || (this.due[at] === due && this.order[at]! < order);
  }

  private move(from: number, to: number): void {
    this.put(to, this.due[from]!, this.order[from]!, this.items[from]!);
  }

  private put(at: number, due: number, order: number, item: Item): void {
    this.due[at] = due;
    this.order[at] = order;
    this.items[at] = item;
  }
}
