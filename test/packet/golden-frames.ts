import { parseMac, tcpFrame } from '../../src/packet/index.js';
import { hex } from './hex.js';

/** Frames whose bytes were computed by another program. */

export const source = parseMac('02:00:00:00:00:01');
export const destination = parseMac('02:00:00:00:00:02');
export const ethernet = { source, destination };
export const ends = { source: 0x0a000001, destination: 0x0a000002, identification: 0x1c46 };

const link = '020000000002 020000000001';
export const synBytes = hex(`${link} 0800 4500003c1c46400040060a740a0000010a000002
  9c400050 12345678 00000000 a002faf0 518e0000 020405b4 0402080a0001e24000000000 01030307`);
export const udpBytes = hex(
  `${link} 0800 460000251c4640004011757b0a0000010a000002 94040000 cf089cbd000d3c39 68656c6c6f`,
);
export const icmpBytes = hex(
  `${link} 0800 450000241c46400040010a910a0000010a000002 0800543512340001 6162636465666768`,
);
export const arpRequestBytes = hex(`ffffffffffff 020000000001 0806 0001 0800 06 04 0001
  020000000001 0a000001 000000000000 0a000002`);
export const arpReplyBytes = hex(`020000000001 020000000002 0806 0001 0800 06 04 0002
  020000000002 0a000002 020000000001 0a000001`);

export const syn = tcpFrame({
  ethernet,
  ipv4: ends,
  tcp: {
    sourcePort: 40000,
    destinationPort: 80,
    sequence: 0x12345678,
    options: [
      { type: 'mss', value: 1460 },
      { type: 'sackPermitted' },
      { type: 'timestamps', value: 123456, echo: 0 },
      { type: 'nop' },
      { type: 'windowScale', shift: 7 },
    ],
  },
});

/** The bytes with one of them changed, in place. */
export function set(at: number, value: number) {
  return (bytes: Uint8Array) => {
    bytes[at] = value;
    return bytes;
  };
}
