import type { Direction } from '../netem/flow.js';

/**
 * Where a batch of probes is on its way: packets of it in the path, and its sentinel. It is closed once the
 * sentinel came back and its answers have left the path.
 */
export class Batch {
  /** All probes of the batch were handed to the path. */
  submitted = false;
  /** Sentinels sent so far, and when the last one was. */
  sentinels = 0;
  sentinelAt = 0;
  returned = false;
  closed = false;
  /** How often its copies without an answer were sent again. */
  resends = 0;
  private readonly inPath: Record<Direction, number> = { forward: 0, reverse: 0 };

  /** Begins anew, for copies that are sent again. */
  reopen(): void {
    this.submitted = false;
    this.returned = false;
    this.sentinels = 0;
    this.resends++;
  }

  moved(direction: Direction, change: 1 | -1): void {
    this.inPath[direction] += change;
  }

  /** Every probe has reached the machine or was dropped, and no sentinel follows them yet. */
  get wantsSentinel(): boolean {
    return this.submitted && this.inPath.forward === 0 && this.sentinels === 0;
  }

  get canClose(): boolean {
    return !this.closed && this.returned && this.inPath.reverse === 0;
  }
}
