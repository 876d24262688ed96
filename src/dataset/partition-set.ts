import type { MergedColumns } from './matrix-view.js';

/** Gathers columns by the partition that they make. Columns come in ascending order, and partitions keep it. */
export class PartitionSet {
  private codes: Int16Array;
  private used = 0;
  private readonly counts: number[] = [];
  private readonly sizes: number[] = [];
  /** Partitions by hash. */
  private readonly known = new Map<number, number[]>();
  /** Columns, and the partition of each. */
  private columns = new Int32Array(1024);
  private partitions = new Int32Array(1024);
  private length = 0;

  constructor(private readonly height: number) {
    this.codes = new Int16Array(64 * height);
  }

  /**
   * Adds a column: row r has the code `codeOf[local[r]]`, or -1 where `local[r]` is. Codes count from 0 as they first
   * occur down the rows; there are `count` of them.
   */
  add(column: number, count: number, local: Int16Array, codeOf: Int16Array): void {
    const { height } = this;
    const at = this.used * height;
    if (at + height > this.codes.length) this.codes = doubled(this.codes);
    const { codes } = this;
    // FNV-1a over the codes.
    let hash = 0x811c9dc5;
    for (let row = 0; row < height; row++) {
      const place = local[row]!;
      const code = place < 0 ? -1 : codeOf[place]!;
      codes[at + row] = code;
      hash = Math.imul(hash ^ (code & 0xffff), 0x01000193);
    }
    const alike = this.known.get(hash);
    let partition = alike?.find((one) => this.equal(one * height, at));
    if (partition === undefined) {
      partition = this.used++;
      this.counts.push(count);
      this.sizes.push(0);
      if (alike) alike.push(partition);
      else this.known.set(hash, [partition]);
    }
    this.sizes[partition]!++;
    if (this.length === this.columns.length) {
      this.columns = doubled(this.columns);
      this.partitions = doubled(this.partitions);
    }
    this.columns[this.length] = column;
    this.partitions[this.length++] = partition;
  }

  merged(): MergedColumns {
    const start = new Int32Array(this.used + 1);
    for (const [partition, size] of this.sizes.entries()) start[partition + 1] = start[partition]! + size;
    const members = new Int32Array(this.length);
    const place = start.slice();
    for (let index = 0; index < this.length; index++)
      members[place[this.partitions[index]!]!++] = this.columns[index]!;
    const codes = this.codes.slice(0, this.used * this.height);
    return { codes, values: Int32Array.from(this.counts), start, members };
  }

  private equal(one: number, other: number): boolean {
    const { codes, height } = this;
    for (let row = 0; row < height; row++) if (codes[one + row] !== codes[other + row]) return false;
    return true;
  }
}

function doubled<Kind extends Int16Array | Int32Array>(array: Kind): Kind {
  const larger = new (array.constructor as new (length: number) => Kind)(2 * array.length);
  larger.set(array);
  return larger;
}
