import { InputError } from '../errors.js';
import { type Table, tableOf } from './table.js';

export interface Cell {
  readonly text: string;
  /** Written in quotes: never a missing value. */
  readonly quoted: boolean;
}

/** Cells of one line, apart at `,`; in quotes, commas are kept, and a backslash or a doubled quote stands for a letter. */
export function readCells(line: string, quotes: string): Cell[] {
  const cells: Cell[] = [];
  let text = '';
  let quote = '';
  let quoted = false;
  const end = () => {
    cells.push({ text: quoted ? text : text.trim(), quoted });
    text = '';
    quoted = false;
  };
  for (let at = 0; at < line.length; at++) {
    const letter = line[at]!;
    if (quote !== '') {
      if (letter === '\\' && at + 1 < line.length) text += line[++at];
      else if (letter !== quote) text += letter;
      else if (line[at + 1] === quote) text += line[++at];
      else quote = '';
    } else if (letter === ',') end();
    else if (!quoted && quotes.includes(letter) && text.trim() === '') {
      quote = letter;
      quoted = true;
      text = '';
    } else if (!quoted || letter.trim() !== '') text += letter;
  }
  end();
  return cells;
}

export function splitCells(line: string, quotes: string): string[] {
  return readCells(line, quotes).map(({ text }) => text);
}

/** Reads comma-separated values with a line of names. Throws InputError with file and line. */
export function parseCsv(text: string, file: string): Table {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const names = splitCells(lines[0] ?? '', '"');
  if (lines[0]?.trim() === '' || names.includes(''))
    throw new InputError('the first line must name every column', { place: { file, line: 1, column: 1 } });
  const cells = lines.slice(1).flatMap((line, index) => {
    if (line.trim() === '') return [];
    const row = splitCells(line, '"');
    if (row.length === names.length) return [row];
    throw new InputError(`the line has ${row.length} cells, and there are ${names.length} columns`, {
      place: { file, line: index + 2, column: 1 },
    });
  });
  return tableOf(names, cells);
}
