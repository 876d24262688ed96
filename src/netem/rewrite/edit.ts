import { readUint16, readUint32, writeUint16 } from '../../packet/bytes.js';
import { foldSum, patchByte, sumWords, updateChecksum } from '../../packet/checksum.js';
import { ethernetHeaderLength } from '../../packet/ethernet.js';
import {
  ipProtocol,
  ipv4Field,
  ipv4Flag,
  ipv4Flags,
  ipv4FragmentOffset,
  ipv4HeaderLength,
  ipv4Protocol,
  ipv4TotalLength,
} from '../../packet/ipv4.js';
import { checkTcpLength, tcpField, tcpHeaderLength } from '../../packet/tcp.js';
import type { PathPacket, Stage, StageActions } from '../stage.js';

/**
 * Edits of IPv4 frames in place, as middleboxes make them: checksums are mended incrementally (RFC 1624), so
 * that one which was wrong stays wrong. Frames are those that `isIpv4Frame` accepts.
 */

/** Where a frame's IPv4 header lies. */
export const ip = ethernetHeaderLength;

/** Where the IPv4 packet ends in its frame; what follows is padding. */
export function packetEnd(frame: Uint8Array): number {
  const stated = ipv4TotalLength(frame, ip);
  return stated < ipv4HeaderLength(frame, ip) ? frame.length : Math.min(frame.length, ip + stated);
}

/** True for a piece of a datagram, the first and the last one included. */
export function isFragment(frame: Uint8Array): boolean {
  return (ipv4Flags(frame, ip) & ipv4Flag.moreFragments) !== 0 || ipv4FragmentOffset(frame, ip) > 0;
}

/** Where the header of `protocol` lies, or 0 for another protocol and for a fragment but the first. */
export function transportAt(frame: Uint8Array, protocol: number): number {
  if (ipv4Protocol(frame, ip) !== protocol || ipv4FragmentOffset(frame, ip) > 0) return 0;
  return ip + ipv4HeaderLength(frame, ip);
}

/** Where the TCP header lies, or 0 where there is none that is whole. */
export function tcpAt(frame: Uint8Array): number {
  const at = transportAt(frame, ipProtocol.tcp);
  return at > 0 && checkTcpLength(frame, at, packetEnd(frame)) ? at : 0;
}

/** Overwrites a byte of the IPv4 header; lengths and addresses need more mending than this. */
export function patchIp(frame: Uint8Array, field: number, byte: number): void {
  patchByte(frame, ip, ip + ipv4Field.checksum, ip + field, byte);
}

export function patchIp16(frame: Uint8Array, field: number, value: number): void {
  patchIp(frame, field, value >>> 8);
  patchIp(frame, field + 1, value);
}

export function patchIp32(frame: Uint8Array, field: number, value: number): void {
  patchIp16(frame, field, value >>> 16);
  patchIp16(frame, field + 2, value);
}

/** Overwrites a byte at `at` in the TCP segment whose header lies at `tcp`. */
export function patchTcp(frame: Uint8Array, tcp: number, at: number, byte: number): void {
  patchByte(frame, tcp, tcp + tcpField.checksum, at, byte);
}

export function patchTcp16(frame: Uint8Array, tcp: number, at: number, value: number): void {
  patchTcp(frame, tcp, at, value >>> 8);
  patchTcp(frame, tcp, at + 1, value);
}

export function patchTcp32(frame: Uint8Array, tcp: number, at: number, value: number): void {
  patchTcp16(frame, tcp, at, value >>> 16);
  patchTcp16(frame, tcp, at + 2, value);
}

/** Adds `change` to the 32-bit number at `at`, modulo 2^32. */
export function shiftTcp32(frame: Uint8Array, tcp: number, at: number, change: number): void {
  patchTcp32(frame, tcp, at, (readUint32(frame, at) + change) >>> 0);
}

/**
 * The frame with `bytes` in place of `[from, to)` of its TCP segment, lengths and checksums mended. Both ends
 * lie an even number of bytes behind `tcp`, and `bytes` are of even length or reach the packet's end.
 */
export function spliceTcp(
  frame: Uint8Array,
  tcp: number,
  from: number,
  to: number,
  bytes: Uint8Array,
): Uint8Array {
  const change = bytes.length - (to - from);
  const segment = packetEnd(frame) - tcp;
  const spliced = new Uint8Array(frame.length + change);
  spliced.set(frame.subarray(0, from));
  spliced.set(bytes, from);
  spliced.set(frame.subarray(to), from + bytes.length);
  const total = ipv4TotalLength(frame, ip) + change;
  patchIp16(spliced, ipv4Field.totalLength, total);
  const swapped = updateChecksum(
    readUint16(frame, tcp + tcpField.checksum),
    foldSum(sumWords(frame, from, to)),
    foldSum(sumWords(bytes, 0, bytes.length)),
  );
  writeUint16(spliced, tcp + tcpField.checksum, updateChecksum(swapped, segment, segment + change));
  return spliced;
}

/** The frame with another options area, `options` of 0 to 40 bytes in whole words. */
export function replaceTcpOptions(frame: Uint8Array, tcp: number, options: Uint8Array): Uint8Array {
  const before = tcp + tcpHeaderLength(frame, tcp);
  const replaced = spliceTcp(frame, tcp, tcp + tcpField.options, before, options);
  const words = (tcpField.options + options.length) >> 2;
  const reserved = replaced[tcp + tcpField.dataOffsetReserved]! & 0x0f;
  patchTcp(replaced, tcp, tcp + tcpField.dataOffsetReserved, (words << 4) | reserved);
  return replaced;
}

/**
 * A stage that rewrites each packet by itself and lets it pass. `apply` returns the new value of what it
 * changed, which is noted, or undefined when the packet is as it was.
 */
export function rewriting(
  kind: string,
  text: string,
  apply: (packet: PathPacket, actions: StageActions) => number | undefined,
): Stage {
  return {
    kind,
    text,
    process: (packet, actions) => {
      const value = apply(packet, actions);
      if (value !== undefined) actions.note('set', value);
      actions.pass();
    },
  };
}
