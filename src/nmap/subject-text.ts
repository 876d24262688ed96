import { InputError } from '../errors.js';
import {
  excerpt,
  type Fingerprint,
  FormatFault,
  formatFingerprint,
  formatLine,
  parseAttributes,
  parseTestLine,
  type TestLine,
} from './fingerprint.js';

/** A fingerprint of a machine as nmap prints it: how it was taken, and what was found. */
export interface Subject {
  /** Attributes of the SCAN line, such as `V`, `OT`, `CT`, `CU`; undefined where there is no such line. */
  readonly scan: ReadonlyMap<string, string> | undefined;
  readonly fingerprint: Fingerprint;
}

const wrapAt = 70;

/**
 * A subject as text: a line each, or, `wrapped`, in one that is cut behind every 70 characters with `OS:` before
 * each piece, as nmap prints one to be sent in.
 */
export function formatSubject({ scan, fingerprint }: Subject, { wrapped = false } = {}): string {
  const lines = [...(scan ? [formatLine('SCAN', scan)] : []), ...formatFingerprint(fingerprint)];
  if (!wrapped) return lines.join('\n');
  const whole = lines.join('');
  const pieces = Array.from({ length: Math.ceil(whole.length / wrapAt) }, (_, index) =>
    whole.slice(index * wrapAt, (index + 1) * wrapAt),
  );
  return pieces.map((piece) => `OS:${piece}`).join('\n');
}

interface Character {
  readonly text: string;
  readonly line: number;
}

/** What stands in `text` without `OS:` and ends of lines, and on which line each character is. */
function unwrapped(text: string): Character[] {
  const characters: Character[] = [];
  for (const [index, content] of text.split('\n').entries()) {
    const piece = content.trim().replace(/^OS:/, '');
    if (piece.startsWith('#')) continue;
    for (const character of piece) characters.push({ text: character, line: index + 1 });
  }
  return characters;
}

/**
 * Reads a subject's text, wrapped or not.
 *
 * @param file its name, for messages
 * @throws InputError with the line of what is cut short, unknown or there twice
 */
export function parseSubject(text: string, file: string): Subject {
  const characters = unwrapped(text);
  const lines = new Map<string, TestLine>();
  let scan: ReadonlyMap<string, string> | undefined;
  const fault = (at: number, message: string, remedy?: string) => {
    const line = characters[Math.min(at, characters.length - 1)]?.line ?? 1;
    return new InputError(message, { place: { file, line, column: 1 }, remedy });
  };
  if (characters.length === 0) throw fault(0, 'there is no fingerprint in it');
  for (let at = 0; at < characters.length; ) {
    const end = characters.findIndex((character, index) => index >= at && character.text === ')');
    const piece = characters
      .slice(at, end < 0 ? undefined : end + 1)
      .map((character) => character.text)
      .join('');
    if (end < 0)
      throw fault(
        at,
        `"${excerpt(piece)}" is cut short: it has no closing parenthesis`,
        'give the whole fingerprint',
      );
    try {
      if (piece.startsWith('SCAN(')) {
        if (scan) throw new FormatFault('SCAN is here twice');
        scan = parseAttributes(piece).attributes;
      } else {
        const { name, tests } = parseTestLine(piece);
        if (lines.has(name)) throw new FormatFault(`${name} is here twice`);
        lines.set(name, tests);
      }
    } catch (error) {
      if (!(error instanceof FormatFault)) throw error;
      throw fault(at, error.message, error.remedy);
    }
    at = end + 1;
  }
  if (lines.size === 0) throw fault(0, 'there is a SCAN line, and no test', 'give the whole fingerprint');
  return { scan, fingerprint: lines };
}
