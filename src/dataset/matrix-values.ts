const initialPool = 1024;

/**
 * The distinct values of each of many columns, numbered in the order in which they first occur. The first value
 * is kept in place; a column pays for more only when it has more.
 */
export class ColumnValues {
  /** Value 0 of each column; NaN while no value was seen. Read it in hot loops before calling `code`. */
  readonly first: Float64Array;
  private readonly start: Uint32Array;
  private readonly extra: Uint16Array;
  private pool = new Float64Array(initialPool);
  private used = 0;

  constructor(columns: number) {
    this.first = new Float64Array(columns).fill(Number.NaN);
    this.start = new Uint32Array(columns);
    this.extra = new Uint16Array(columns);
  }

  /** The number of `value` in `column`, a new one when the value is new. */
  code(column: number, value: number): number {
    const first = this.first[column]!;
    if (first === value) return 0;
    if (Number.isNaN(first)) {
      this.first[column] = value;
      return 0;
    }
    const extra = this.extra[column]!;
    const start = this.start[column]!;
    for (let place = 0; place < extra; place++) if (this.pool[start + place] === value) return place + 1;
    this.append(column, extra, value);
    return extra + 1;
  }

  count(column: number): number {
    return Number.isNaN(this.first[column]!) ? 0 : this.extra[column]! + 1;
  }

  value(column: number, code: number): number {
    return code === 0 ? this.first[column]! : this.pool[this.start[column]! + code - 1]!;
  }

  // A column's list has room for the next power of two; when full it moves to the end of the pool.
  private append(column: number, extra: number, value: number): void {
    if (extra === 0) this.start[column] = this.reserve(2);
    else if (extra > 1 && (extra & (extra - 1)) === 0) {
      const from = this.start[column]!;
      const to = this.reserve(extra * 2);
      this.pool.copyWithin(to, from, from + extra);
      this.start[column] = to;
    }
    this.pool[this.start[column]! + extra] = value;
    this.extra[column] = extra + 1;
  }

  private reserve(length: number): number {
    const start = this.used;
    this.used += length;
    if (this.used > this.pool.length) {
      const grown = new Float64Array(Math.max(this.used, this.pool.length * 2));
      grown.set(this.pool);
      this.pool = grown;
    }
    return start;
  }
}
