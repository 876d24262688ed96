import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  internetChecksum,
  patchChecksummed,
  readUint16,
  transportChecksum,
  updateChecksum,
  updateChecksum32,
  writeUint16,
} from '../../src/packet/index.js';
import { hex } from './hex.js';

describe('internetChecksum', () => {
  it('sums the example of RFC 1071 section 3', () => {
    expect(internetChecksum(hex('0001 f203 f4f5 f6f7'))).toBe(~0xddf2 & 0xffff);
  });

  it('pads an odd last byte with zero', () => {
    expect(internetChecksum(hex('0001 f2'))).toBe(internetChecksum(hex('0001 f200')));
  });

  it('is zero over a header with a valid checksum', () => {
    const header = hex('4500 0073 0000 4000 4011 b861 c0a8 0001 c0a8 00c7');
    expect(internetChecksum(header)).toBe(0);
    writeUint16(header, 10, 0);
    expect(internetChecksum(header)).toBe(0xb861);
  });

  it('folds a carry that folding itself makes', () => {
    expect(internetChecksum(hex('ffff ffff 0001'))).toBe(0xfffe);
  });

  it('stays exact over 65,535 bytes of ones', () => {
    expect(internetChecksum(new Uint8Array(65_535).fill(0xff))).toBe(~0xff00 & 0xffff);
  });
});

describe('transportChecksum', () => {
  it('covers addresses, protocol and length', () => {
    const segment = hex('cf08 9cbd 000d 0000 6865 6c6c 6f');
    expect(transportChecksum(segment, 0, 13, 0x0a000001, 0x0a000002, 17)).toBe(0x3c39);
    expect(transportChecksum(segment, 0, 13, 0x0a000001, 0x0a000003, 17)).toBe(0x3c38);
    expect(transportChecksum(segment, 0, 13, 0x0a000001, 0x0a000002, 6)).toBe(0x3c44);
    expect(transportChecksum(segment, 0, 12, 0x0a000001, 0x0a000002, 17)).toBe(0xab3a);
  });
});

describe('incremental update', () => {
  it('gives 0x0000 for the example of RFC 1624 section 4', () => {
    expect(updateChecksum(0xdd2f, 0x5555, 0x3285)).toBe(0x0000);
  });

  const area = fc.uint8Array({ minLength: 24, maxLength: 80 });

  it('equals a full recompute for any word', () => {
    fc.assert(
      fc.property(area, fc.nat(9), fc.nat(0xffff), (buffer, word, value) => {
        buffer[23] = 1;
        const checksum = internetChecksum(buffer);
        const updated = updateChecksum(checksum, readUint16(buffer, 2 * word), value);
        writeUint16(buffer, 2 * word, value);
        expect(updated).toBe(internetChecksum(buffer));
      }),
    );
  });

  it('equals a full recompute for any 32-bit field', () => {
    fc.assert(
      fc.property(area, fc.integer({ min: 0, max: 0xffffffff }), (buffer, value) => {
        buffer[23] = 1;
        const view = new DataView(buffer.buffer);
        const updated = updateChecksum32(internetChecksum(buffer), view.getUint32(4), value);
        view.setUint32(4, value);
        expect(updated).toBe(internetChecksum(buffer));
      }),
    );
  });

  it('mends a checksum for bytes written anywhere, on odd offsets too', () => {
    fc.assert(
      fc.property(
        area,
        fc.nat(3),
        fc.integer({ min: 4, max: 15 }),
        data8(),
        (buffer, base, offset, bytes) => {
          buffer[23] = 1;
          writeUint16(buffer, base + 2, 0);
          writeUint16(buffer, base + 2, internetChecksum(buffer, base));
          patchChecksummed(buffer, base, base + 2, base + offset, bytes);
          expect(buffer.subarray(base + offset, base + offset + bytes.length)).toEqual(bytes);
          expect(internetChecksum(buffer, base)).toBe(0);
        },
      ),
    );
  });

  it('leaves a wrong checksum wrong by as much', () => {
    const header = hex('4500 0073 0000 4000 4011 b862 c0a8 0001 c0a8 00c7');
    patchChecksummed(header, 0, 10, 8, [0x3f]);
    expect(readUint16(header, 10)).toBe(0xb962);
  });
});

function data8() {
  return fc.uint8Array({ minLength: 1, maxLength: 4 });
}
