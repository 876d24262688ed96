/** Numbers below a bound, gone through from the one that entered last to the one that entered first. */
export class FreeSet {
  private readonly after: Int32Array;
  private readonly before: Int32Array;
  private readonly inside: Uint8Array;
  /** The one that entered last; -1 when the set is empty. */
  first = -1;

  constructor(bound: number) {
    this.after = new Int32Array(bound);
    this.before = new Int32Array(bound);
    this.inside = new Uint8Array(bound);
  }

  /** The one that entered before `member`; -1 when there is none. */
  next(member: number): number {
    return this.after[member]!;
  }

  has(number: number): boolean {
    return this.inside[number] === 1;
  }

  /** A member that is kept keeps its place. */
  keep(number: number, inside: boolean): void {
    if (this.has(number) === inside) return;
    this.inside[number] = inside ? 1 : 0;
    if (inside) this.enter(number);
    else this.leave(number);
  }

  private enter(number: number): void {
    this.after[number] = this.first;
    this.before[number] = -1;
    if (this.first >= 0) this.before[this.first] = number;
    this.first = number;
  }

  private leave(number: number): void {
    const [before, after] = [this.before[number]!, this.after[number]!];
    if (before >= 0) this.after[before] = after;
    else this.first = after;
    if (after >= 0) this.before[after] = before;
  }
}
