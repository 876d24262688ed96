import { readUint16, readUint32, writeUint16, writeUint32 } from '../packet/bytes.js';
import { updateChecksum32 } from '../packet/checksum.js';
import { ethernetHeaderLength } from '../packet/ethernet.js';
import { ipv4Field, ipv4HeaderLength } from '../packet/ipv4.js';
import { tcpField } from '../packet/tcp.js';
import { addressing } from './addressing.js';

const ip = ethernetHeaderLength;
const source = ip + ipv4Field.source;
const ipChecksum = ip + ipv4Field.checksum;

/**
 * Rewrites a probe's frame in place to come from the address of copy `index` and mends both checksums
 * incrementally (RFC 1624): no allocation, no parsing.
 */
export function readdress(frame: Uint8Array, index: number): void {
  const before = readUint32(frame, source);
  const after = addressing.copies + index;
  const tcpChecksum = ip + ipv4HeaderLength(frame, ip) + tcpField.checksum;
  writeUint32(frame, source, after);
  writeUint16(frame, ipChecksum, updateChecksum32(readUint16(frame, ipChecksum), before, after));
  writeUint16(frame, tcpChecksum, updateChecksum32(readUint16(frame, tcpChecksum), before, after));
}
