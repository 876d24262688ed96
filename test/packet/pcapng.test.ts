import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/errors.js';
import { type CapturedPacket, pcapngBlocks, type ReadPacket, readPcapng } from '../../src/packet/index.js';
import { hex } from './hex.js';

const file = (
  interfaces: Parameters<typeof pcapngBlocks>[0],
  packets: Iterable<CapturedPacket>,
  section?: Parameters<typeof pcapngBlocks>[2],
) => Uint8Array.from(Buffer.concat([...pcapngBlocks(interfaces, packets, section)]));

/** Section header, one interface with name and nanoseconds, one packet of 3 bytes with a comment. */
const golden = hex(`
  0a0d0d0a 28000000 4d3c2b1a 0100 0000 ffffffffffffffff 0400 0200 73620000 00000000 28000000
  01000000 28000000 0100 0000 00000000 0200 0200 70300000 0900 0100 09000000 00000000 28000000
  06000000 30000000 00000000 67452301 efcdab89 03000000 40000000 0a0b0c00 0100 0100 78000000 00000000 30000000
`);

const packet = {
  interfaceId: 0,
  timestamp: 0x0123456789abcdefn,
  bytes: hex('0a0b0c'),
  originalLength: 64,
  comment: 'x',
};

describe('pcapngBlocks', () => {
  it('writes blocks, byte for byte', () => {
    expect(file([{ name: 'p0' }], [packet], { application: 'sb' })).toEqual(golden);
  });

  it('yields a block as soon as its packet is there', () => {
    let taken = 0;
    function* packets() {
      for (;;) {
        taken += 1;
        yield packet;
      }
    }
    const blocks = pcapngBlocks([{ name: 'p0' }], packets());
    for (let i = 0; i < 4; i++) expect(blocks.next().done).toBe(false);
    expect(taken).toBe(2);
  });

  it('refuses a packet of an interface that is not described', () => {
    expect(() => file([], [packet])).toThrow('packet of capture interface 0, where there are 0');
  });
});

describe('readPcapng', () => {
  it('reads what was written', () => {
    const text = fc.option(fc.string({ unit: 'grapheme', maxLength: 20 }), { nil: undefined });
    const packets = fc.array(
      fc.record({
        interfaceId: fc.nat(1),
        timestamp: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
        bytes: fc.uint8Array({ maxLength: 30 }),
        originalLength: fc.nat(2000),
        comment: text,
      }),
    );
    fc.assert(
      fc.property(packets, fc.tuple(text, text), text, (packets, [name, description], comment) => {
        const section = { application: 'stackbed', hardware: 'none', operatingSystem: 'any', comment };
        const interfaces = [
          { name, description, linkType: 1, snapLength: 0 },
          { name: 'other', description: undefined, linkType: 101, snapLength: 96 },
        ];
        const expected = packets.map((each) => ({
          ...each,
          interface: interfaces[each.interfaceId],
          section,
        }));
        expect([...readPcapng(file(interfaces, packets, section))]).toEqual(expected);
      }),
    );
  });

  it('reads big-endian sections, and sections of both orders in one file', () => {
    const big = hex(`
      0a0d0d0a 0000001c 1a2b3c4d 0001 0000 ffffffffffffffff 0000001c
      00000001 00000028 0001 0000 00000000 0002 0002 70300000 0009 0001 09000000 00000000 00000028
      00000006 00000030 00000000 01234567 89abcdef 00000003 00000040 0a0b0c00 0001 0001 78000000 00000000 00000030
    `);
    const both = Uint8Array.of(...big, ...golden, ...big);
    expect([...readPcapng(both)].map(essence)).toEqual([packet, packet, packet]);
  });

  it.each([
    ['microseconds, the default', '', 0x0123456789abcdefn * 1000n],
    ['milliseconds', '0900 0100 03000000', 0x0123456789abcdefn * 1_000_000n],
    ['picoseconds', '0900 0100 0c000000', 0x0123456789abcdefn / 1000n],
    ['2^-10 s', '0900 0100 8a000000', (0x0123456789abcdefn * 1_000_000_000n) / 1024n],
    ['a clock offset', '0900 0100 09000000 0e00 0800 ffffffffffffffff', 0x0123456789abcdefn - 1_000_000_000n],
  ])('understands timestamps in %s', (_, options, expected) => {
    const length = 20 + hex(options).length;
    const head = hex('0a0d0d0a 1c000000 4d3c2b1a 0100 0000 ffffffffffffffff 1c000000');
    const described = hex(
      `01000000 ${length.toString(16)}000000 0100 0000 00000000 ${options} ${length.toString(16)}000000`,
    );
    const read = [...readPcapng(Uint8Array.of(...head, ...described, ...golden.subarray(80)))];
    expect(read.map((each) => each.timestamp)).toEqual([expected]);
  });

  it('reads simple packets and skips blocks of other types', () => {
    const name = hex('04000000 10000000 00000000 10000000');
    const simple = hex('03000000 14000000 02000000 beef0000 14000000');
    const read = [...readPcapng(Uint8Array.of(...golden.subarray(0, 80), ...name, ...simple))];
    expect(read.map(essence)).toEqual([
      { interfaceId: 0, timestamp: 0n, bytes: hex('beef'), originalLength: 2, comment: undefined },
    ]);
  });

  it('refuses a file that is cut off anywhere but between blocks, and says where', () => {
    for (let length = 0; length < golden.length; length++) {
      const read = () => [...readPcapng(golden.subarray(0, length), 'x.pcapng')];
      if (length === 40 || length === 80) expect(read()).toEqual([]);
      else expect(read).toThrow(/^x\.pcapng: not a whole pcapng file: .* at byte \d+$/);
    }
  });

  it('reads or refuses, with any bytes changed', () => {
    const changes = fc.array(fc.tuple(fc.nat(golden.length - 1), fc.nat(255)), {
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(
      fc.property(changes, (changes) => {
        const bytes = golden.slice();
        for (const [at, value] of changes) bytes[at] = value;
        try {
          expect([...readPcapng(bytes)].length).toBeLessThanOrEqual(1);
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
        }
      }),
      { numRuns: 3000 },
    );
  });
});

function essence({ interface: _, section: __, ...rest }: ReadPacket) {
  return { ...rest, bytes: Uint8Array.from(rest.bytes) };
}
