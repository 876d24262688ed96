import type { ExpectationResult } from '../expectation-result.js';
import { formatCount, formatSignificant } from '../format.js';
import type { Result } from '../result.js';

const indent = ' '.repeat(12);

/** Figures as people read them; a dash where there is none. */
export function shownValues(values: ExpectationResult['values']): string {
  return values.map(({ name, text, value }) => `${name} ${text ?? shown(value)}`).join('; ');
}

function shown(value: number | null): string {
  if (value === null) return '–';
  return Number.isInteger(value) ? formatCount(value) : formatSignificant(value);
}

/** Whether the findings that a scenario expects hold, for the terminal; nothing where it expects none. */
export function expectationLines({ expectations = [] }: Result, width: number): string[] {
  if (expectations.length === 0) return [];
  const held = expectations.filter(({ holds }) => holds === true).length;
  return [
    `Expected    ${held} of ${expectations.length} findings hold`,
    ...expectations.flatMap(({ fault, finding, holds, values }) => [
      ...wrap(
        `${holds === true ? 'holds:' : holds === null ? 'cannot be judged:' : 'FAILS:'} ${finding}`,
        width,
      ),
      ...(fault === undefined ? [] : wrap(`(${fault})`, width)),
      ...wrap(shownValues(values), width),
    ]),
  ];
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ').filter((part) => part !== '')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(`${indent}${word}`);
  }
  return lines;
}
