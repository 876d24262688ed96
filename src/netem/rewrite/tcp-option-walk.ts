import { tcpField, tcpHeaderLength } from '../../packet/tcp.js';
import { tcpOptionKind } from '../../packet/tcp-options.js';

/** One option where it lies: `length` counts kind and length bytes. */
export interface PlacedOption {
  readonly kind: number;
  readonly at: number;
  readonly length: number;
}

/**
 * The options of the TCP header at `tcp`, NOPs left out, up to the end of the list or to the first that is
 * malformed: what a middlebox that walks the list sees.
 */
export function placedOptions(frame: Uint8Array, tcp: number): PlacedOption[] {
  const options: PlacedOption[] = [];
  for (let at = nextOption(frame, tcp, tcp + tcpField.options); at > 0; ) {
    const length = frame[at + 1]!;
    options.push({ kind: frame[at]!, at, length });
    at = nextOption(frame, tcp, at + length);
  }
  return options;
}

/**
 * The options as Linux' rewrites walk over them (nft_exthdr.c `optlen`, xt_TCPMSS.c): the end of the list is one byte as a
 * NOP is, and so is an option of length 0; a last byte is not looked at. Of the last option `length` may reach too far.
 */
export function optionsAsLinuxWalks(frame: Uint8Array, tcp: number): PlacedOption[] {
  const options: PlacedOption[] = [];
  const end = tcp + tcpHeaderLength(frame, tcp);
  for (let at = tcp + tcpField.options; at < end - 1; ) {
    const kind = frame[at]!;
    const length = linuxLength(frame, at);
    if (kind > tcpOptionKind.nop) options.push({ kind, at, length });
    at += length;
  }
  return options;
}

function linuxLength(frame: Uint8Array, at: number): number {
  return frame[at]! <= tcpOptionKind.nop ? 1 : Math.max(1, frame[at + 1]!);
}

/** Where the first of {@link optionsAsLinuxWalks} of a kind lies, of at least `length` bytes and whole; or 0. */
export function optionAsLinuxWalks(frame: Uint8Array, tcp: number, kind: number, length: number): number {
  const end = tcp + tcpHeaderLength(frame, tcp);
  let at = tcp + tcpField.options;
  while (at < end - 1 && frame[at] !== kind) at += linuxLength(frame, at);
  if (at >= end - 1) return 0;
  const found = linuxLength(frame, at);
  return found >= length && at + found <= end ? at : 0;
}

/** Where the first whole option lies at or behind `at`, or 0. */
function nextOption(frame: Uint8Array, tcp: number, at: number): number {
  const end = tcp + tcpHeaderLength(frame, tcp);
  let next = at;
  while (next < end && frame[next] === tcpOptionKind.nop) next++;
  if (next + 1 >= end || frame[next] === tcpOptionKind.eol) return 0;
  const length = frame[next + 1]!;
  return length < 2 || next + length > end ? 0 : next;
}

/** Where the value of the first option of `kind` and `length` lies, or 0. */
export function optionValueAt(frame: Uint8Array, tcp: number, kind: number, length: number): number {
  let at = nextOption(frame, tcp, tcp + tcpField.options);
  while (at > 0 && (frame[at] !== kind || frame[at + 1] !== length))
    at = nextOption(frame, tcp, at + frame[at + 1]!);
  return at > 0 ? at + 2 : 0;
}

/** TCP options as scenarios name them; any other is named by its kind, 2 to 255. */
export const tcpOptionNames = {
  mss: tcpOptionKind.mss,
  'window-scale': tcpOptionKind.windowScale,
  'sack-permitted': tcpOptionKind.sackPermitted,
  sack: tcpOptionKind.sack,
  timestamps: tcpOptionKind.timestamps,
  md5: tcpOptionKind.md5,
  'user-timeout': tcpOptionKind.userTimeout,
  mptcp: tcpOptionKind.mptcp,
  'fast-open': tcpOptionKind.fastOpen,
  'acc-ecn-0': tcpOptionKind.accEcn0,
  'acc-ecn-1': tcpOptionKind.accEcn1,
} as const;

/** The name of an option kind, or its number. */
export function tcpOptionName(kind: number): string {
  return Object.entries(tcpOptionNames).find(([, known]) => known === kind)?.[0] ?? String(kind);
}
