const log2RowsABlock = 12;
const rowsABlock = 1 << log2RowsABlock;

/**
 * Distinct rows of numbers, each kept once: the summaries of a dataset repeat the same few responses by the million.
 * Rows lie in blocks, so that a table that grows is not copied.
 */
export class RowTable {
  private readonly blocks: Float64Array[] = [];
  private rows = 0;
  private places = new Int32Array(2 * rowsABlock).fill(-1);
  private readonly scratch: Float64Array;
  private readonly words: Uint32Array;

  /** @param width numbers a row, 1 or more */
  constructor(readonly width: number) {
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
    if (row >>> log2RowsABlock === this.blocks.length) this.blocks.push(new Float64Array(rowsABlock * width));
    this.row(row).set(scratch);
    if (2 * this.rows > this.places.length) this.rehash();
    return row;
  }

  /** A number of a row, 0 to `length` - 1. */
  at(row: number, column: number): number {
    return this.blocks[row >>> log2RowsABlock]![(row & (rowsABlock - 1)) * this.width + column]!;
  }

  /** A view of a row, 0 to `length` - 1. */
  row(row: number): Float64Array {
    const start = (row & (rowsABlock - 1)) * this.width;
    return this.blocks[row >>> log2RowsABlock]!.subarray(start, start + this.width);
  }

  /** Copies a row to `to` from `start` on. */
  copyRow(row: number, to: Float64Array, start: number): void {
    const { width } = this;
    const block = this.blocks[row >>> log2RowsABlock]!;
    const from = (row & (rowsABlock - 1)) * width;
    for (let column = 0; column < width; column++) to[start + column] = block[from + column]!;
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
    for (let column = 0; column < this.width; column++)
      if (this.at(row, column) !== this.scratch[column]) return false;
    return true;
  }

  private rehash(): void {
    this.places = new Int32Array(2 * this.places.length).fill(-1);
    for (let row = 0; row < this.rows; row++) {
      this.copyRow(row, this.scratch, 0);
      this.places[this.find()] = row;
    }
  }
}
