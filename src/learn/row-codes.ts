import type { Matrix } from '../dataset/matrix.js';

/** The codes of a matrix row by row, two columns to a word, so that rows are compared two columns at a time. */
export interface RowCodes {
  /** Words of a row: of `row`, those from `row * words` on. */
  readonly words: number;
  readonly packed: Int32Array;
}

const cache = new WeakMap<Matrix, RowCodes>();

/** Computed once for a matrix; as large as its codes. */
export function rowCodes(matrix: Matrix): RowCodes {
  const known = cache.get(matrix);
  if (known) return known;
  const height = matrix.rows.length;
  const words = (matrix.columns + 1) >> 1;
  const packed = new Int32Array(words * height);
  const codes = new Int16Array(packed.buffer);
  for (let column = 0; column < matrix.columns; column++) {
    for (let row = 0; row < height; row++)
      codes[row * 2 * words + column] = matrix.codes[column * height + row]!;
  }
  const made = { words, packed };
  cache.set(matrix, made);
  return made;
}

/** Finds the columns that tell rows apart. */
export class DifferenceFinder {
  private readonly codes: RowCodes;
  private readonly differs: Int32Array;
  /** By column, beside `differs`: 0 where all rows have the same code. */
  private readonly byColumn: Int16Array;
  private readonly found: Int32Array;

  constructor(matrix: Matrix) {
    this.codes = rowCodes(matrix);
    this.differs = new Int32Array(this.codes.words);
    this.byColumn = new Int16Array(this.differs.buffer);
    this.found = new Int32Array(matrix.columns);
  }

  /** The columns in which `rows` do not all have the same code, ascending; overwritten by the next call. */
  among(rows: Int32Array): Int32Array {
    const { byColumn, differs, found } = this;
    const { packed, words } = this.codes;
    const first = rows[0]! * words;
    differs.fill(0);
    for (let place = 1; place < rows.length; place++) {
      const other = rows[place]! * words;
      if (other === first) continue;
      for (let word = 0; word < words; word++)
        differs[word]! |= packed[first + word]! ^ packed[other + word]!;
    }
    let count = 0;
    for (let column = 0; column < found.length; column++) if (byColumn[column] !== 0) found[count++] = column;
    return found.subarray(0, count);
  }
}
