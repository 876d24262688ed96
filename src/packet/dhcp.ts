import { macLength } from './address.js';
import { readUint16, readUint32, writeUint16, writeUint32 } from './bytes.js';

/** Byte offsets in a DHCP message (RFC 2131 figure 1). */
export const dhcpField = {
  operation: 0,
  hardwareType: 1,
  hardwareLength: 2,
  hops: 3,
  transactionId: 4,
  seconds: 8,
  flags: 10,
  clientAddress: 12,
  yourAddress: 16,
  nextServer: 20,
  relayAddress: 24,
  clientHardware: 28,
  serverName: 44,
  file: 108,
  cookie: 236,
  options: 240,
} as const;

export const dhcpOperation = { request: 1, reply: 2 } as const;
/** The only bit of `flags` that has a meaning: answer by broadcast. */
export const dhcpBroadcastFlag = 0x8000;
export const dhcpPort = { server: 67, client: 68 } as const;

/** Values of the option `messageType` (RFC 2132 section 9.6). */
export const dhcpType = {
  discover: 1,
  offer: 2,
  request: 3,
  decline: 4,
  ack: 5,
  nak: 6,
  release: 7,
  inform: 8,
} as const;

/** Codes of options (RFC 2132). */
export const dhcpOptionCode = {
  pad: 0,
  subnetMask: 1,
  router: 3,
  requestedAddress: 50,
  leaseTime: 51,
  messageType: 53,
  serverId: 54,
  tftpServer: 66,
  bootFile: 67,
  end: 255,
} as const;

/** "DHCP message follows": what tells one from plain BOOTP (RFC 2131 section 3). */
const magicCookie = 0x6382_5363;

/** RFC 951 clients may drop a message that is shorter than BOOTP's 300 bytes. */
const leastLength = 300;

/** True when the fixed part lies in `buffer[at..end)` and the magic cookie follows it: ask before any accessor. */
export function checkDhcpLength(buffer: Uint8Array, at = 0, end = buffer.length): boolean {
  return end - at >= dhcpField.options && readUint32(buffer, at + dhcpField.cookie) === magicCookie;
}

export function dhcpOperationOf(buffer: Uint8Array, at: number): number {
  return buffer[at + dhcpField.operation]!;
}

export function dhcpTransactionId(buffer: Uint8Array, at: number): number {
  return readUint32(buffer, at + dhcpField.transactionId);
}

export interface DhcpOption {
  /** {@link dhcpOptionCode}, or any 0..254; a pad has no length on the wire, and no data. */
  readonly code: number;
  /** At most 255 bytes. */
  readonly data: Uint8Array;
}

/** A DHCP message. Addresses are 32-bit numbers, 0 where there is none. */
export interface Dhcp {
  /** {@link dhcpOperation}, or any 0..255. */
  readonly operation: number;
  /** 1 (Ethernet) when left out. */
  readonly hardwareType?: number | undefined;
  /** 6 when left out. */
  readonly hardwareLength?: number | undefined;
  readonly hops?: number | undefined;
  readonly transactionId: number;
  readonly seconds?: number | undefined;
  readonly flags?: number | undefined;
  readonly clientAddress?: number | undefined;
  readonly yourAddress?: number | undefined;
  /** Where the client finds its boot file (siaddr). */
  readonly nextServer?: number | undefined;
  readonly relayAddress?: number | undefined;
  /** The client's link-layer address, at most 16 bytes. */
  readonly clientHardware: Uint8Array;
  /** At most 64 bytes. */
  readonly serverName?: Uint8Array | undefined;
  /** Name of the boot file, at most 128 bytes. */
  readonly file?: Uint8Array | undefined;
  readonly options: readonly DhcpOption[];
  /**
   * What follows the last option: the end mark and the padding behind it, or an option that is cut off. Left
   * out, an end mark is sent, and padding up to BOOTP's least length of 300 bytes.
   */
  readonly rest?: Uint8Array | undefined;
}

/** The message at `at`, or undefined when its fixed part does not fit or it is plain BOOTP. */
export function parseDhcp(buffer: Uint8Array, at = 0, end = buffer.length): Dhcp | undefined {
  if (!checkDhcpLength(buffer, at, end)) return undefined;
  const bytes = (from: number, to: number) => buffer.subarray(at + from, at + to);
  const { options, next } = parseOptions(buffer, at + dhcpField.options, end);
  return {
    operation: dhcpOperationOf(buffer, at),
    hardwareType: buffer[at + dhcpField.hardwareType]!,
    hardwareLength: buffer[at + dhcpField.hardwareLength]!,
    hops: buffer[at + dhcpField.hops]!,
    transactionId: dhcpTransactionId(buffer, at),
    seconds: readUint16(buffer, at + dhcpField.seconds),
    flags: readUint16(buffer, at + dhcpField.flags),
    clientAddress: readUint32(buffer, at + dhcpField.clientAddress),
    yourAddress: readUint32(buffer, at + dhcpField.yourAddress),
    nextServer: readUint32(buffer, at + dhcpField.nextServer),
    relayAddress: readUint32(buffer, at + dhcpField.relayAddress),
    clientHardware: bytes(dhcpField.clientHardware, dhcpField.serverName),
    serverName: bytes(dhcpField.serverName, dhcpField.file),
    file: bytes(dhcpField.file, dhcpField.cookie),
    options,
    rest: buffer.subarray(next, end),
  };
}

function parseOptions(buffer: Uint8Array, at: number, end: number) {
  const options: DhcpOption[] = [];
  let next = at;
  while (next < end && buffer[next] !== dhcpOptionCode.end) {
    const code = buffer[next]!;
    const dataAt = next + (code === dhcpOptionCode.pad ? 1 : 2);
    const length = code === dhcpOptionCode.pad ? 0 : buffer[next + 1];
    if (length === undefined || dataAt + length > end) break;
    options.push({ code, data: buffer.subarray(dataAt, dataAt + length) });
    next = dataAt + length;
  }
  return { options, next };
}

/** Data of the first option with this code, or undefined. */
export function dhcpOption(message: Dhcp, code: number): Uint8Array | undefined {
  return message.options.find((option) => option.code === code)?.data;
}

/** Value of the option `messageType` ({@link dhcpType}), or undefined for plain BOOTP. */
export function dhcpMessageType(message: Dhcp): number | undefined {
  return dhcpOption(message, dhcpOptionCode.messageType)?.[0];
}

/** An option that holds one 32-bit number: an address or a time in seconds. */
export function dhcpUint32Option(code: number, value: number): DhcpOption {
  const data = new Uint8Array(4);
  writeUint32(data, 0, value);
  return { code, data };
}

function optionLength({ code, data }: DhcpOption): number {
  return code === dhcpOptionCode.pad ? 1 : 2 + data.length;
}

/** Bytes that {@link emitDhcp} writes. */
export function dhcpLength(message: Dhcp): number {
  const lengths = message.options.map(optionLength);
  const options = lengths.reduce((sum, length) => sum + length, dhcpField.options as number);
  return message.rest ? options + message.rest.length : Math.max(leastLength, options + 1);
}

/** Writes the message at `at`; byte fields that are shorter than their place are followed by zeros. */
export function emitDhcp(message: Dhcp, buffer: Uint8Array, at: number): void {
  buffer.fill(0, at, at + dhcpLength(message));
  buffer[at + dhcpField.operation] = message.operation;
  buffer[at + dhcpField.hardwareType] = message.hardwareType ?? 1;
  buffer[at + dhcpField.hardwareLength] = message.hardwareLength ?? macLength;
  buffer[at + dhcpField.hops] = message.hops ?? 0;
  writeUint32(buffer, at + dhcpField.transactionId, message.transactionId);
  writeUint16(buffer, at + dhcpField.seconds, message.seconds ?? 0);
  writeUint16(buffer, at + dhcpField.flags, message.flags ?? 0);
  writeUint32(buffer, at + dhcpField.clientAddress, message.clientAddress ?? 0);
  writeUint32(buffer, at + dhcpField.yourAddress, message.yourAddress ?? 0);
  writeUint32(buffer, at + dhcpField.nextServer, message.nextServer ?? 0);
  writeUint32(buffer, at + dhcpField.relayAddress, message.relayAddress ?? 0);
  buffer.set(message.clientHardware, at + dhcpField.clientHardware);
  if (message.serverName) buffer.set(message.serverName, at + dhcpField.serverName);
  if (message.file) buffer.set(message.file, at + dhcpField.file);
  writeUint32(buffer, at + dhcpField.cookie, magicCookie);
  let next = at + dhcpField.options;
  for (const { code, data } of message.options) {
    buffer[next++] = code;
    if (code === dhcpOptionCode.pad) continue;
    buffer[next++] = data.length;
    buffer.set(data, next);
    next += data.length;
  }
  if (message.rest) buffer.set(message.rest, next);
  else buffer[next] = dhcpOptionCode.end;
}
