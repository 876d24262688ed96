import type { z } from 'zod';
import { InputError } from '../errors.js';
import { type Result, result, resultSchemaId } from './result.js';
import { shorten } from './visible.js';

const faultsShown = 5;
const found = 60;

function pathText(path: readonly PropertyKey[]): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else text += text === '' ? String(step) : `.${String(step)}`;
  }
  return text === '' ? 'the document' : text;
}

function valueAt(json: unknown, path: readonly PropertyKey[]): unknown {
  let value = json;
  for (const step of path) value = (value as Record<PropertyKey, unknown> | null | undefined)?.[step];
  return value;
}

function foundText(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (value !== null && typeof value === 'object') return 'an object';
  return shorten(JSON.stringify(value), found);
}

function expectedText(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return /^[aeiou]/.test(issue.expected) ? `an ${issue.expected}` : `a ${issue.expected}`;
    case 'invalid_value':
      return issue.values.map((value) => JSON.stringify(value)).join(' or ');
    case 'too_small':
      return `${issue.origin === 'array' ? 'an array of ' : ''}at least ${issue.minimum}`;
    case 'too_big':
      return `${issue.origin === 'array' ? 'an array of ' : ''}at most ${issue.maximum}`;
    default:
      return issue.message;
  }
}

function fault(json: unknown, issue: z.core.$ZodIssue): string {
  return `${pathText(issue.path)}: expected ${expectedText(issue)}, found ${foundText(valueAt(json, issue.path))}`;
}

/**
 * Reads a parsed `result.json`; `file` is named in the error and is not opened. Properties the contract does
 * not know are dropped.
 *
 * @throws InputError naming each path (the first five), what belongs there and what was found.
 */
export function parseResult(json: unknown, file: string): Result {
  const parsed = result.safeParse(json);
  if (parsed.success) return parsed.data;
  const written = valueAt(json, ['schema']);
  if (typeof written === 'string' && written !== resultSchemaId) {
    throw new InputError(
      `${file}: schema: expected ${JSON.stringify(resultSchemaId)}, found ${foundText(written)}`,
      { remedy: 'make the report with the version of Stackbed that wrote the result' },
    );
  }
  const faults = parsed.error.issues.map((issue) => fault(json, issue));
  const more = faults.length - faultsShown;
  const lines = faults.slice(0, faultsShown).map((text) => `${file}: ${text}`);
  if (more > 0) lines.push(`${file}: ${more} more`);
  throw new InputError(lines.join('\n'), {
    remedy: 'a result is the result.json that `stackbed run` or `stackbed evaluate` wrote, unchanged',
  });
}
