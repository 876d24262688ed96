/** Probes that wait in a machine at first; what every machine tried bears, up to the limit of its NIC. */
const initial = 256;

/**
 * How many probes may wait in a machine at once. A lost sentinel says that a queue in front of the machine's stack
 * overflowed: the window is halved then, and grows by one batch for each window that came back whole (additive
 * increase, multiplicative decrease, as RFC 5681 section 3.1).
 */
export class SendWindow {
  private size: number;
  private whole = 0;

  /**
   * @param most never more than so many, probes; 1 or more
   * @param batch by so many it grows, and it is never less; probes, at most `most`
   */
  constructor(
    private readonly most: number,
    private readonly batch: number,
  ) {
    this.size = Math.min(most, initial);
  }

  /** Batches that may be under way, 1 or more. */
  get batches(): number {
    return Math.max(1, Math.floor(this.size / this.batch));
  }

  /** A batch came back at the first try. */
  returned(): void {
    if (++this.whole < this.batches) return;
    this.whole = 0;
    this.size = Math.min(this.most, this.size + this.batch);
  }

  /** A batch's sentinel was lost. */
  lost(): void {
    this.whole = 0;
    this.size = Math.max(this.batch, Math.floor(this.size / 2));
  }
}
