import { InputError } from '../errors.js';

/** A column of anyone's data; null is a missing value. */
export interface TableColumn {
  readonly name: string;
  readonly kind: 'nominal' | 'numeric';
  readonly values: readonly (string | number | null)[];
}

export interface Table {
  readonly rows: number;
  readonly columns: readonly TableColumn[];
}

/** A table of text cells, '' and '?' missing; a column of nothing but numbers is numeric. */
export function tableOf(names: readonly string[], cells: readonly (readonly string[])[]): Table {
  const columns = names.map((name, column): TableColumn => {
    const own = cells
      .map((row) => row[column]!.trim())
      .map((cell) => (cell === '' || cell === '?' ? null : cell));
    const numbers = own.map((cell) => (cell === null ? null : Number(cell)));
    const numeric = numbers.some((number) => number !== null) && !numbers.some(Number.isNaN);
    return { name, kind: numeric ? 'numeric' : 'nominal', values: numeric ? numbers : own };
  });
  return { rows: cells.length, columns };
}

/**
 * A numeric column in `bins` intervals of equal width between its least and its greatest value, as Weka's unsupervised
 * `Discretize`: no label is looked at. Nominal columns come back as they are.
 */
export function binned(column: TableColumn, bins: number): TableColumn {
  if (column.kind === 'nominal') return column;
  const numbers = column.values.filter((value) => value !== null) as number[];
  const low = numbers.reduce((least, number) => Math.min(least, number), Number.POSITIVE_INFINITY);
  const high = numbers.reduce((most, number) => Math.max(most, number), Number.NEGATIVE_INFINITY);
  const width = (high - low) / bins;
  const bound = (bin: number) => String(Number((low + bin * width).toPrecision(6)));
  const name = (bin: number) =>
    `(${bin === 0 ? '-inf' : bound(bin)}..${bin === bins - 1 ? 'inf' : bound(bin + 1)}]`;
  const binOf = (number: number) => {
    const bin = Array.from({ length: bins - 1 }, (_, place) => low + (place + 1) * width).findIndex(
      (limit) => number <= limit,
    );
    return bin < 0 ? bins - 1 : bin;
  };
  return {
    name: column.name,
    kind: 'nominal',
    values: column.values.map((value) =>
      value === null ? null : name(width > 0 ? binOf(value as number) : 0),
    ),
  };
}

/** The column called `name`. Throws InputError, with the names that there are. */
export function columnOf(table: Table, name: string, file: string): TableColumn {
  const found = table.columns.find((column) => column.name === name);
  if (found) return found;
  const names = table.columns.map((column) => column.name);
  const shown = names.length > 12 ? [...names.slice(0, 6), '…', ...names.slice(-6)] : names;
  throw new InputError(`${file} has no column "${name}"`, { remedy: `it has: ${shown.join(', ')}` });
}
