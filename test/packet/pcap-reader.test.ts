import { expect, it } from 'vitest';
import { InputError } from '../../src/errors.js';
import { isPcap, readPcap } from '../../src/packet/pcap-reader.js';

const packets = [Uint8Array.of(1, 2, 3), new Uint8Array(0), Uint8Array.from({ length: 60 }, (_, at) => at)];

/** A pcap file as draft-ietf-opsawg-pcap has it, link type Ethernet. */
function pcap(little: boolean, magic = 0xa1b2c3d4): Uint8Array {
  const file = new Uint8Array(24 + packets.reduce((sum, { length }) => sum + 16 + length, 0));
  const view = new DataView(file.buffer);
  view.setUint32(0, magic, little);
  view.setUint32(16, 65_535, little);
  view.setUint32(20, 1, little);
  let at = 24;
  for (const packet of packets) {
    view.setUint32(at + 8, packet.length, little);
    view.setUint32(at + 12, packet.length, little);
    file.set(packet, at + 16);
    at += 16 + packet.length;
  }
  return file;
}

it.each([true, false])('reads packets whichever way the bytes lie: little %s', (little) => {
  for (const magic of [0xa1b2c3d4, 0xa1b23c4d]) {
    const file = pcap(little, magic);
    expect(isPcap(file)).toBe(true);
    expect(readPcap(file).map(({ bytes, linkType }) => [[...bytes], linkType])).toEqual(
      packets.map((packet) => [[...packet], 1]),
    );
  }
});

it('reads a file whole or says where it is cut', () => {
  const file = pcap(true);
  const whole = [24, 43, 59];
  for (let length = 0; length < file.length; length++) {
    const part = file.subarray(0, length);
    if (whole.includes(length)) expect(readPcap(part)).toHaveLength(whole.indexOf(length));
    else expect(() => readPcap(part, 'cut.pcap')).toThrow(InputError);
  }
});

it('knows other files', () => {
  expect(isPcap(Uint8Array.of(0x0a, 0x0d, 0x0d, 0x0a))).toBe(false);
  expect(() => readPcap(new Uint8Array(100))).toThrow(/no magic number at byte 0/);
});
