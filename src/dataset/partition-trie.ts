/** Codes -1..6 find their child in a dense table of this width; larger ones in a list of their own state. */
export const dense = 8;

/**
 * Partitions of a growing number of rows, told apart exactly: a state stands for one sequence of codes, and
 * columns in the same state have split the rows alike so far. A row costs a column one step, so that columns
 * need not be held in memory to be compared.
 */
export class PartitionTrie {
  private parent = new Int32Array(1024);
  private codeOf = new Int16Array(1024);
  private size = 1;
  /** First state of the row before the current one: `table` begins there. */
  from = 0;
  private next = 0;
  /** Child of `state` by `code` at `(state - from) * dense + code + 1`; -1 where `step` has to make one. */
  table = new Int32Array(0);
  private lists: (Int32Array | undefined)[] = [];
  private rows = 0;

  /** The state, one row ago, of columns that had only code 0; `unsplit` stands for it and its descendants. */
  private plain = 0;
  private plainBefore = 0;

  /** Stands for the state of every column with only code 0 so far: such a column needs no step for code 0. */
  static readonly unsplit = -1;

  beginRow(): void {
    const from = this.rows === 0 ? 0 : this.next;
    this.from = from;
    this.next = this.size;
    this.table = new Int32Array((this.size - from) * dense).fill(-1);
    this.lists = [];
    this.rows++;
    this.plainBefore = this.plain;
    this.plain = this.step(this.plainBefore, 0);
  }

  /** The state of a column in `before` whose code in the row begun last is `code` (-1 or more). */
  step(before: number, code: number): number {
    const state = before === PartitionTrie.unsplit ? this.plainBefore : before;
    if (code >= dense - 1) return this.stepFar(state, code);
    const slot = (state - this.from) * dense + code + 1;
    const known = this.table[slot]!;
    if (known >= 0) return known;
    const made = this.grow(state, code);
    this.table[slot] = made;
    return made;
  }

  /** Number of states that a column can be in now, and the first of them. */
  get states(): { first: number; count: number } {
    const first = this.rows === 0 ? 0 : this.next;
    return { first, count: this.size - first };
  }

  /** Writes the codes of the rows that led to `state` to `codes[at ...]`. */
  trace(state: number, codes: Int16Array, at: number): void {
    let node = state;
    for (let row = this.rows - 1; row >= 0; row--) {
      codes[at + row] = this.codeOf[node]!;
      node = this.parent[node]!;
    }
  }

  private stepFar(state: number, code: number): number {
    const slot = state - this.from;
    let list = this.lists[slot];
    if (list === undefined || code >= list.length) {
      const grown = new Int32Array(Math.max(16, code * 2)).fill(-1);
      if (list) grown.set(list);
      this.lists[slot] = grown;
      list = grown;
    }
    if (list[code]! < 0) list[code] = this.grow(state, code);
    return list[code]!;
  }

  private grow(parent: number, code: number): number {
    if (this.size === this.parent.length) {
      const parents = new Int32Array(this.size * 2);
      parents.set(this.parent);
      this.parent = parents;
      const codes = new Int16Array(this.size * 2);
      codes.set(this.codeOf);
      this.codeOf = codes;
    }
    this.parent[this.size] = parent;
    this.codeOf[this.size] = code;
    return this.size++;
  }
}
