import { readFileSync } from 'node:fs';
import { formatError, InputErrors, type Place, type StackbedError } from '../errors.js';

const widest = 100;

/** The line of a file that is meant, with a caret under the place; nothing where it cannot be read. */
function excerpt({ file, line, column }: Place): string | undefined {
  let text: string | undefined;
  try {
    text = readFileSync(file, 'utf8').split(/\r?\n/)[line - 1];
  } catch {
    return undefined;
  }
  if (text === undefined || text.trim() === '') return undefined;
  const from = Math.max(0, column - 1 - Math.floor(widest / 2));
  const shown = text.slice(from, from + widest).replaceAll('\t', ' ');
  const margin = `${String(line).padStart(5)} | `;
  return `${margin}${shown}\n${' '.repeat(margin.length - 2)}| ${' '.repeat(column - 1 - from)}^`;
}

/** An error for a terminal: its message, the line that it is about, what to do. */
export function formatWithExcerpt(error: StackbedError): string {
  if (error instanceof InputErrors) return error.errors.map(formatWithExcerpt).join('\n');
  const found = error.place && excerpt(error.place);
  return found === undefined ? formatError(error) : `${formatError(error)}\n${found}`;
}
