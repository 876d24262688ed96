/** Bytes of hexadecimal text; blanks between digits are for the reader. */
export function hex(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text.replace(/\s/g, ''), 'hex'));
}
