const hidden = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu;

function escapeSequence(character: string): string {
  const code = character.codePointAt(0)!;
  if (code === 0x09) return ' ';
  if (code < 0x100) return `\\x${code.toString(16).padStart(2, '0')}`;
  return `\\u{${code.toString(16)}}`;
}

/**
 * `text` with everything a reader cannot see made visible: control characters (`\x1b` for the ANSI
 * escape in a console line), bidirectional overrides, zero-width characters, lone surrogates. A tab becomes
 * one space.
 */
export function visible(text: string): string {
  return text.replace(hidden, escapeSequence);
}

/** Like {@link shorten}, but cut in the middle: names of machines differ at their ends. */
export function shortenMiddle(text: string, length: number): string {
  const characters = [...visible(text)];
  if (characters.length <= length) return characters.join('');
  const head = Math.floor((length - 1) / 2);
  return `${characters.slice(0, head).join('')}…${characters.slice(head + 1 - length).join('')}`;
}

/** `text` made visible and cut to `length` characters, the last one an ellipsis when something was cut. */
export function shorten(text: string, length: number): string {
  const characters = [...visible(text)];
  return characters.length <= length ? characters.join('') : `${characters.slice(0, length - 1).join('')}…`;
}
