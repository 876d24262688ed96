const firstRows = 1 << 10;

/**
 * Distinct rows of numbers, each kept once: the summaries of a dataset repeat the same few responses by the million.
 * Row r lies in `values` from r x `width` on.
 */
export class RowTable {
  /** Replaced as the table grows: read it anew after each `add`. */
  values: Float64Array;
  private rows = 0;
  private places: Int32Array;
  private readonly scratch: Float64Array;
  private readonly words: Uint32Array;

  /** @param width numbers a row, 1 or more */
  constructor(readonly width: number) {
    this.values = new Float64Array(firstRows * width);
    this.places = new Int32Array(2 * firstRows).fill(-1);
    this.scratch = new Float64Array(width);
    this.words = new Uint32Array(this.scratch.buffer);
  }

  get length(): number {
    return this.rows;
  }

  /** The number of the row that `from` holds at `at`; it is added if it is new. */
  add(from: ArrayLike<number>, at = 0): number {
    const { width, scratch } = this;
    for (let column = 0; column < width; column++) scratch[column] = from[at + column]!;
    const place = this.find();
    const known = this.places[place]!;
    if (known >= 0) return known;
    const row = this.rows++;
    this.places[place] = row;
    if ((row + 1) * width > this.values.length) this.grow();
    this.values.set(scratch, row * width);
    if (2 * this.rows > this.places.length) this.rehash();
    return row;
  }

  /** Where the row in `scratch` is, or belongs. */
  private find(): number {
    const mask = this.places.length - 1;
    let place = this.hash() & mask;
    while (this.places[place]! >= 0 && !this.holds(this.places[place]!)) place = (place + 1) & mask;
    return place;
  }

  private hash(): number {
    let hash = 0;
    for (const word of this.words) hash = Math.imul(hash ^ word, 0x9e37_79b1) ^ (hash >>> 15);
    return (hash ^ (hash >>> 13)) >>> 0;
  }

  private holds(row: number): boolean {
    const start = row * this.width;
    for (let column = 0; column < this.width; column++)
      if (this.values[start + column] !== this.scratch[column]) return false;
    return true;
  }

  private grow(): void {
    const larger = new Float64Array(2 * this.values.length);
    larger.set(this.values);
    this.values = larger;
  }

  private rehash(): void {
    this.places = new Int32Array(2 * this.places.length).fill(-1);
    for (let row = 0; row < this.rows; row++) {
      this.scratch.set(this.values.subarray(row * this.width, (row + 1) * this.width));
      this.places[this.find()] = row;
    }
  }
}
