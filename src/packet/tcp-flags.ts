import { InputError } from '../errors.js';

/** Bits of the TCP flags byte (RFC 9293 section 3.1, RFC 3168). */
export const tcpFlag = {
  fin: 0x01,
  syn: 0x02,
  rst: 0x04,
  psh: 0x08,
  ack: 0x10,
  urg: 0x20,
  ece: 0x40,
  cwr: 0x80,
} as const;

/** The lowest of the four reserved bits: AE of RFC 9768, NS of the historic RFC 3540. */
export const tcpReservedAe = 0x1;

const letters = 'FSRPAUEC';

/** Flags as letters from the lowest bit up, `FSRPAUEC`: 0x12 is `SA`, 0 is the empty string. */
export function formatTcpFlags(flags: number): string {
  let text = '';
  for (let bit = 0; bit < 8; bit++) if (flags & (1 << bit)) text += letters[bit];
  return text;
}

/** The inverse of {@link formatTcpFlags}, letters in any order. Throws InputError for any other character. */
export function parseTcpFlags(text: string): number {
  let flags = 0;
  for (const letter of text) {
    const bit = letters.indexOf(letter);
    if (bit < 0) {
      throw new InputError(`expected TCP flags, found ${JSON.stringify(text)}`, {
        remedy: `Write them with the letters ${letters}, as in SA for SYN and ACK.`,
      });
    }
    flags |= 1 << bit;
  }
  return flags;
}
