import { readUint16, readUint32, writeUint16, writeUint32 } from './bytes.js';

/** Option kinds as IANA registers them under "TCP Option Kind Numbers". */
export const tcpOptionKind = {
  eol: 0,
  nop: 1,
  mss: 2,
  windowScale: 3,
  sackPermitted: 4,
  sack: 5,
  timestamps: 8,
  md5: 19,
  userTimeout: 28,
  mptcp: 30,
  fastOpen: 34,
  accEcn0: 172,
  accEcn1: 174,
} as const;

/**
 * One TCP option. `data` is what follows the length byte. `other` is any kind that has no form of its own
 * here, and a known kind whose length is not the one its RFC gives. `raw` is what is not an option at all: the
 * bytes after an end of list, or from an option whose length byte is below 2, missing, or points past the area.
 */
export type TcpOption =
  | { readonly type: 'eol' }
  | { readonly type: 'nop' }
  /** Bytes, 0..0xffff (RFC 9293 section 3.7.1). */
  | { readonly type: 'mss'; readonly value: number }
  /** 0..255; above 14 is against RFC 7323 section 2.3. */
  | { readonly type: 'windowScale'; readonly shift: number }
  | { readonly type: 'sackPermitted' }
  /** Left and right edges in turn, an even number of 32-bit sequence numbers (RFC 2018). */
  | { readonly type: 'sack'; readonly edges: readonly number[] }
  /** TSval and TSecr, 32 bits each (RFC 7323 section 3.2). */
  | { readonly type: 'timestamps'; readonly value: number; readonly echo: number }
  /** Empty for a request (RFC 7413). */
  | { readonly type: 'fastOpen'; readonly cookie: Uint8Array }
  /** 16 bytes (RFC 2385). */
  | { readonly type: 'md5'; readonly digest: Uint8Array }
  /** Timeout 0..0x7fff, in seconds or in minutes (RFC 5482). */
  | { readonly type: 'userTimeout'; readonly minutes: boolean; readonly timeout: number }
  /** Zero to three 24-bit counters in wire order; order 0 is kind 172, order 1 is kind 174 (RFC 9768). */
  | { readonly type: 'accEcn'; readonly order: 0 | 1; readonly counters: readonly number[] }
  /** Subtype and all that follows (RFC 8684). */
  | { readonly type: 'mptcp'; readonly data: Uint8Array }
  | { readonly type: 'other'; readonly kind: number; readonly data: Uint8Array }
  /** `offset` counts in the buffer that was parsed; emit ignores it. */
  | { readonly type: 'raw'; readonly bytes: Uint8Array; readonly offset?: number | undefined };

const eol: TcpOption = Object.freeze({ type: 'eol' });
const nop: TcpOption = Object.freeze({ type: 'nop' });
const sackPermitted: TcpOption = Object.freeze({ type: 'sackPermitted' });

/** The options area `buffer[at..end)`; {@link emitTcpOptions} turns the answer back into the same bytes. */
export function parseTcpOptions(buffer: Uint8Array, at = 0, end = buffer.length): TcpOption[] {
  const options: TcpOption[] = [];
  let next = at;
  while (next < end) {
    const kind = buffer[next]!;
    if (kind === tcpOptionKind.nop) {
      options.push(nop);
      next += 1;
      continue;
    }
    if (kind === tcpOptionKind.eol) {
      options.push(eol);
      next += 1;
      break;
    }
    const length = next + 1 < end ? buffer[next + 1]! : 0;
    if (length < 2 || length > end - next) break;
    options.push(parseTcpOption(buffer, next, length));
    next += length;
  }
  if (next < end) options.push({ type: 'raw', bytes: buffer.subarray(next, end), offset: next });
  return options;
}

function parseTcpOption(buffer: Uint8Array, at: number, length: number): TcpOption {
  const kind = buffer[at]!;
  const value = at + 2;
  switch (kind) {
    case tcpOptionKind.mss:
      if (length !== 4) break;
      return { type: 'mss', value: readUint16(buffer, value) };
    case tcpOptionKind.windowScale:
      if (length !== 3) break;
      return { type: 'windowScale', shift: buffer[value]! };
    case tcpOptionKind.sackPermitted:
      if (length !== 2) break;
      return sackPermitted;
    case tcpOptionKind.sack: {
      if (length < 10 || length % 8 !== 2) break;
      const edges: number[] = [];
      for (let edge = value; edge < at + length; edge += 4) edges.push(readUint32(buffer, edge));
      return { type: 'sack', edges };
    }
    case tcpOptionKind.timestamps:
      if (length !== 10) break;
      return { type: 'timestamps', value: readUint32(buffer, value), echo: readUint32(buffer, value + 4) };
    case tcpOptionKind.md5:
      if (length !== 18) break;
      return { type: 'md5', digest: buffer.subarray(value, at + length) };
    case tcpOptionKind.userTimeout: {
      if (length !== 4) break;
      const word = readUint16(buffer, value);
      return { type: 'userTimeout', minutes: word > 0x7fff, timeout: word & 0x7fff };
    }
    case tcpOptionKind.mptcp:
      return { type: 'mptcp', data: buffer.subarray(value, at + length) };
    case tcpOptionKind.fastOpen:
      return { type: 'fastOpen', cookie: buffer.subarray(value, at + length) };
    case tcpOptionKind.accEcn0:
    case tcpOptionKind.accEcn1: {
      if (length > 11 || length % 3 !== 2) break;
      const counters: number[] = [];
      for (let counter = value; counter < at + length; counter += 3) {
        counters.push((buffer[counter]! << 16) | readUint16(buffer, counter + 1));
      }
      return { type: 'accEcn', order: kind === tcpOptionKind.accEcn0 ? 0 : 1, counters };
    }
  }
  return { type: 'other', kind, data: buffer.subarray(value, at + length) };
}

/** Kind number of an option on the wire; undefined for `raw`. */
export function tcpOptionKindOf(option: TcpOption): number | undefined {
  switch (option.type) {
    case 'accEcn':
      return option.order === 0 ? tcpOptionKind.accEcn0 : tcpOptionKind.accEcn1;
    case 'other':
      return option.kind;
    case 'raw':
      return undefined;
    default:
      return tcpOptionKind[option.type];
  }
}

/** Length of one option on the wire, kind and length bytes included. */
export function tcpOptionLength(option: TcpOption): number {
  switch (option.type) {
    case 'eol':
    case 'nop':
      return 1;
    case 'sackPermitted':
      return 2;
    case 'windowScale':
      return 3;
    case 'mss':
    case 'userTimeout':
      return 4;
    case 'timestamps':
      return 10;
    case 'sack':
      return 2 + 4 * option.edges.length;
    case 'accEcn':
      return 2 + 3 * option.counters.length;
    case 'md5':
      return 2 + option.digest.length;
    case 'fastOpen':
      return 2 + option.cookie.length;
    case 'mptcp':
    case 'other':
      return 2 + option.data.length;
    case 'raw':
      return option.bytes.length;
  }
}

/** Bytes that {@link emitTcpOptions} writes; not padded. */
export function tcpOptionsLength(options: readonly TcpOption[]): number {
  let length = 0;
  for (let i = 0; i < options.length; i++) length += tcpOptionLength(options[i]!);
  return length;
}

/** Writes the options from `at` on, without padding; returns where they end. */
export function emitTcpOptions(options: readonly TcpOption[], buffer: Uint8Array, at: number): number {
  let next = at;
  for (let i = 0; i < options.length; i++) next = emitTcpOption(options[i]!, buffer, next);
  return next;
}

function emitTcpOption(option: TcpOption, buffer: Uint8Array, at: number): number {
  const value = at + 2;
  switch (option.type) {
    case 'eol':
      buffer[at] = tcpOptionKind.eol;
      return at + 1;
    case 'nop':
      buffer[at] = tcpOptionKind.nop;
      return at + 1;
    case 'mss':
      writeUint16(buffer, value, option.value);
      return emitHead(buffer, at, tcpOptionKind.mss, 4);
    case 'windowScale':
      buffer[value] = option.shift;
      return emitHead(buffer, at, tcpOptionKind.windowScale, 3);
    case 'sackPermitted':
      return emitHead(buffer, at, tcpOptionKind.sackPermitted, 2);
    case 'sack':
      for (let i = 0; i < option.edges.length; i++) writeUint32(buffer, value + 4 * i, option.edges[i]!);
      return emitHead(buffer, at, tcpOptionKind.sack, 2 + 4 * option.edges.length);
    case 'timestamps':
      writeUint32(buffer, value, option.value);
      writeUint32(buffer, value + 4, option.echo);
      return emitHead(buffer, at, tcpOptionKind.timestamps, 10);
    case 'userTimeout':
      writeUint16(buffer, value, (option.minutes ? 0x8000 : 0) | (option.timeout & 0x7fff));
      return emitHead(buffer, at, tcpOptionKind.userTimeout, 4);
    case 'accEcn':
      for (let i = 0; i < option.counters.length; i++) {
        buffer[value + 3 * i] = option.counters[i]! >>> 16;
        writeUint16(buffer, value + 3 * i + 1, option.counters[i]!);
      }
      return emitHead(buffer, at, tcpOptionKindOf(option)!, 2 + 3 * option.counters.length);
    case 'md5':
      return emitData(buffer, at, tcpOptionKind.md5, option.digest);
    case 'fastOpen':
      return emitData(buffer, at, tcpOptionKind.fastOpen, option.cookie);
    case 'mptcp':
      return emitData(buffer, at, tcpOptionKind.mptcp, option.data);
    case 'other':
      return emitData(buffer, at, option.kind, option.data);
    case 'raw':
      buffer.set(option.bytes, at);
      return at + option.bytes.length;
  }
}

function emitHead(buffer: Uint8Array, at: number, kind: number, length: number): number {
  buffer[at] = kind;
  buffer[at + 1] = length;
  return at + length;
}

function emitData(buffer: Uint8Array, at: number, kind: number, data: Uint8Array): number {
  buffer.set(data, at + 2);
  return emitHead(buffer, at, kind, 2 + data.length);
}
