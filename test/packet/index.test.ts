import { expect, it } from 'vitest';
import {
  checkTcpLength,
  decodeFrame,
  emitFrame,
  ethernetHeaderLength,
  formatTcpFlags,
  formatTcpOptions,
  ipv4HeaderLength,
  parseIpv4Address,
  parseMac,
  tcpFlags,
  tcpFrame,
} from '../../src/packet/index.js';

it('the example of the room does what its comments say', () => {
  const syn = tcpFrame({
    ethernet: { source: parseMac('02:00:00:00:00:01'), destination: parseMac('02:00:00:00:00:02') },
    ipv4: { source: parseIpv4Address('10.0.0.1'), destination: parseIpv4Address('10.0.0.2') },
    tcp: { sourcePort: 40000, destinationPort: 80, options: [{ type: 'mss', value: 1460 }] },
  });
  const bytes = emitFrame(syn);
  expect(bytes).toHaveLength(58);
  const tcpAt = ethernetHeaderLength + ipv4HeaderLength(bytes, ethernetHeaderLength);
  expect(checkTcpLength(bytes, tcpAt)).toBe(true);
  expect(formatTcpFlags(tcpFlags(bytes, tcpAt))).toBe('S');
  expect(formatTcpOptions(decodeFrame(bytes).tcp!.options)).toBe('M1460');
});
