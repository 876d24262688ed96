import { tcpFrame } from '../packet/build.js';
import { readUint16, readUint32, writeUint16, writeUint32 } from '../packet/bytes.js';
import { updateChecksum32 } from '../packet/checksum.js';
import { ethernetHeaderLength } from '../packet/ethernet.js';
import { emitFrame } from '../packet/frame.js';
import { ipv4Field, ipv4HeaderLength } from '../packet/ipv4.js';
import { tcpField } from '../packet/tcp.js';
import { tcpFlag } from '../packet/tcp-flags.js';
import { addressing } from './addressing.js';

const ip = ethernetHeaderLength;
const tcp = ip + 20;
const source = ip + ipv4Field.source;
const ipChecksum = ip + ipv4Field.checksum;
const tcpChecksum = tcp + tcpField.checksum;
const sequence = tcp + tcpField.sequence;

const template = emitFrame(
  tcpFrame({
    ethernet: { source: addressing.proberMac, destination: addressing.machineMac },
    ipv4: { source: 0, destination: addressing.machine },
    tcp: { sourcePort: 0, destinationPort: 0, flags: tcpFlag.rst, window: 0 },
  }),
);

/**
 * The RST with which the sender of a SYN turns down the machine's SYN-ACK (RFC 9293 section 3.10.7.3): from where
 * the SYN-ACK goes, with its acknowledgment number for a sequence number. `synAck` holds a whole TCP header. The
 * frame is valid until the next call.
 */
export function resetOf(synAck: Uint8Array): Uint8Array {
  const theirs = ip + ipv4HeaderLength(synAck, ip);
  const from = readUint32(synAck, ip + ipv4Field.destination);
  const ports = ((readUint16(synAck, theirs + 2) << 16) | readUint16(synAck, theirs)) >>> 0;
  const number = readUint32(synAck, theirs + tcpField.acknowledgment);
  let checksum = readUint16(template, tcpChecksum);
  checksum = updateChecksum32(checksum, readUint32(template, source), from);
  checksum = updateChecksum32(checksum, readUint32(template, tcp), ports);
  checksum = updateChecksum32(checksum, readUint32(template, sequence), number);
  const before = readUint16(template, ipChecksum);
  writeUint16(template, ipChecksum, updateChecksum32(before, readUint32(template, source), from));
  writeUint16(template, tcpChecksum, checksum);
  writeUint32(template, source, from);
  writeUint32(template, tcp, ports);
  writeUint32(template, sequence, number);
  return template;
}
