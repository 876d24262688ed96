import { InputError } from '../errors.js';
import { readCells, splitCells } from './delimited.js';
import type { Table, TableColumn } from './table.js';

const attribute = /^@attribute\s+('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|\S+)\s+(.*)$/i;

interface Attribute {
  readonly name: string;
  /** Values that the file allows; undefined for numbers and texts. */
  readonly values: ReadonlySet<string> | undefined;
  readonly numeric: boolean;
}

function parseAttribute(line: string, fault: (message: string) => InputError): Attribute {
  const [, quoted, type] = attribute.exec(line) ?? [];
  if (quoted === undefined || type === undefined) throw fault('an attribute has a name and a type');
  const name = splitCells(quoted, `'"`)[0]!;
  if (type.startsWith('{')) {
    const end = type.lastIndexOf('}');
    if (end < 0) throw fault('the list of values has no }');
    return { name, values: new Set(splitCells(type.slice(1, end), `'"`)), numeric: false };
  }
  if (/^(numeric|real|integer)\b/i.test(type)) return { name, values: undefined, numeric: true };
  if (/^(string|date)\b/i.test(type)) return { name, values: undefined, numeric: false };
  throw fault(`${type} is no type of attribute: it is {values}, numeric, string or date`);
}

/** Reads Weka's Attribute-Relation File Format, dense rows. Throws InputError with file and line. */
export function parseArff(text: string, file: string): Table {
  const attributes: Attribute[] = [];
  const cells: (string | number | null)[][] = [];
  let inData = false;
  for (const [index, full] of text.split(/\r?\n/).entries()) {
    const line = full.trim();
    const fault = (message: string) =>
      new InputError(message, { place: { file, line: index + 1, column: 1 } });
    if (line === '' || line.startsWith('%')) continue;
    if (inData) cells.push(parseRow(line, attributes, fault));
    else if (/^@data\b/i.test(line)) inData = true;
    else if (/^@attribute\b/i.test(line)) attributes.push(parseAttribute(line, fault));
    else if (!/^@relation\b/i.test(line)) throw fault('expected @relation, @attribute or @data');
  }
  if (!inData)
    throw new InputError(`${file} has no @data`, {
      remedy: 'an ARFF file has attributes, then @data and a row a line',
    });
  const columns = attributes.map(
    ({ name, numeric }, column): TableColumn => ({
      name,
      kind: numeric ? 'numeric' : 'nominal',
      values: cells.map((row) => row[column]!),
    }),
  );
  return { rows: cells.length, columns };
}

function parseRow(
  line: string,
  attributes: readonly Attribute[],
  fault: (message: string) => InputError,
): (string | number | null)[] {
  if (line.startsWith('{')) throw fault('sparse rows are not read: write every value');
  const row = readCells(line, `'"`);
  if (row.length !== attributes.length)
    throw fault(`the row has ${row.length} values, and there are ${attributes.length} attributes`);
  return row.map(({ quoted: isQuoted, text: cell }, column) => {
    const { name, numeric, values } = attributes[column]!;
    if (cell === '?' && !isQuoted) return null;
    if (values && !values.has(cell)) throw fault(`${cell} is not among the values of ${name}`);
    if (!numeric) return cell;
    if (cell === '' || Number.isNaN(Number(cell)))
      throw fault(`${cell} is no number, and ${name} is numeric`);
    return Number(cell);
  });
}

const plain = /^[A-Za-z0-9_.+:-]+$/;

function quoted(text: string): string {
  return plain.test(text) ? text : `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

/** A column of which all values are numbers, or none is. */
interface ArffColumn {
  readonly name: string;
  readonly values: readonly (string | number | null)[];
}

/** Writes columns as ARFF, a chunk at a time; null is missing. */
export function* arffLines(relation: string, columns: readonly ArffColumn[]): Generator<string> {
  yield `@relation ${quoted(relation)}\n\n`;
  for (const { name, values } of columns) yield `@attribute ${quoted(name)} ${typeOf(values)}\n`;
  yield '\n@data\n';
  for (let row = 0; row < (columns[0]?.values.length ?? 0); row++)
    yield `${columns.map(({ values }) => cellText(values[row]!)).join(',')}\n`;
}

function typeOf(values: ArffColumn['values']): string {
  const known = [...new Set(values)].filter((value) => value !== null);
  if (typeof known[0] === 'number') return 'numeric';
  return `{${known.map((value) => quoted(String(value))).join(',')}}`;
}

function cellText(value: string | number | null): string {
  if (value === null) return '?';
  return typeof value === 'number' ? String(value) : quoted(value);
}
