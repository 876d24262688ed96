import { readUint16, readUint32 } from '../packet/bytes.js';
import { emitTcpOptions, type TcpOption, tcpOptionKind, tcpOptionsLength } from '../packet/tcp-options.js';
import { hexadecimal } from './hexadecimal.js';

/**
 * TCP options as the tests O and O1 to O6 write them: a letter each, with its value. Kinds that have no letter are
 * passed over; zeros behind an end of list are ends of list again. (Nmap Network Scanning, "TCP options".)
 */
export function optionsText(options: readonly TcpOption[]): string {
  const bytes = new Uint8Array(tcpOptionsLength(options));
  emitTcpOptions(options, bytes, 0);
  let text = '';
  for (let at = 0; at < bytes.length; ) {
    const kind = bytes[at]!;
    if (kind === tcpOptionKind.eol || kind === tcpOptionKind.nop) {
      text += kind === tcpOptionKind.eol ? 'L' : 'N';
      at++;
      continue;
    }
    const length = bytes[at + 1] ?? 0;
    if (length < 2 || at + length > bytes.length) break;
    text += lettersOf(bytes, at, kind, length);
    at += length;
  }
  return text;
}

function lettersOf(bytes: Uint8Array, at: number, kind: number, length: number): string {
  if (kind === tcpOptionKind.mss && length === 4) return `M${hexadecimal(readUint16(bytes, at + 2))}`;
  if (kind === tcpOptionKind.windowScale && length === 3) return `W${hexadecimal(bytes[at + 2]!)}`;
  if (kind === tcpOptionKind.sackPermitted && length === 2) return 'S';
  if (kind !== tcpOptionKind.timestamps || length !== 10) return '';
  const set = (offset: number) => (readUint32(bytes, at + offset) === 0 ? '0' : '1');
  return `T${set(2)}${set(6)}`;
}
