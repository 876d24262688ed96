const initialPool = 1024;

/**
 * The distinct values of each of many columns, numbered in the order in which they first occur. The first two
 * are kept in place; a column pays for more only when it has more.
 */
export class ColumnValues {
  /** Values 0 and 1 of each column; NaN where there is none yet. Hot loops look here before they call `code`. */
  readonly first: Float64Array;
  readonly second: Float64Array;
  private readonly start: Uint32Array;
  private readonly extra: Uint16Array;
  private pool = new Float64Array(initialPool);
  private used = 0;

  constructor(columns: number) {
    this.first = new Float64Array(columns).fill(Number.NaN);
    this.second = new Float64Array(columns).fill(Number.NaN);
    this.start = new Uint32Array(columns);
    this.extra = new Uint16Array(columns);
  }

  /** The number of `value` in `column`, a new one when the value is new. */
  code(column: number, value: number): number {
    if (this.first[column] === value) return 0;
    if (this.second[column] === value) return 1;
    if (Number.isNaN(this.first[column]!)) {
      this.first[column] = value;
      return 0;
    }
    if (Number.isNaN(this.second[column]!)) {
      this.second[column] = value;
      return 1;
    }
    const extra = this.extra[column]!;
    const start = this.start[column]!;
    for (let place = 0; place < extra; place++) if (this.pool[start + place] === value) return place + 2;
    this.append(column, extra, value);
    return extra + 2;
  }

  count(column: number): number {
    if (Number.isNaN(this.second[column]!)) return Number.isNaN(this.first[column]!) ? 0 : 1;
    return this.extra[column]! + 2;
  }

  value(column: number, code: number): number {
    if (code < 2) return code === 0 ? this.first[column]! : this.second[column]!;
    return this.pool[this.start[column]! + code - 2]!;
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
