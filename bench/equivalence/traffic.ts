import { emitFrame } from '../../src/packet/frame.js';
import { ethernetHeaderLength, ipv4HeaderLength, readUint32, tcpFrame } from '../../src/packet/index.js';
import { randomStream } from '../../src/random.js';

/** How packets go in. */
export interface Traffic {
  readonly count: number;
  /** Packets that go in each millisecond; all at once where it is left out. */
  readonly perMs?: number | undefined;
  /** Bytes of payload: none, or anything up to 1400, each size as often. */
  readonly sizes: 'none' | 'even';
}

/** Address of the first packet's sender: each packet has one of its own. */
export const origin = 0x0a000001;

const machine = 0xac1f0002;
const ends = {
  source: Uint8Array.of(2, 0, 0, 0, 0, 1),
  destination: Uint8Array.of(2, 0, 0, 0, 0, 2),
};

/** SYNs, each of a sender and with a sequence number of its own, so that it is known wherever it comes out. */
export function framesOf({ count, sizes }: Traffic, seed: number): Uint8Array[] {
  const stream = randomStream(seed, 'traffic');
  return Array.from({ length: count }, (_, position) =>
    emitFrame(
      tcpFrame({
        ethernet: ends,
        ipv4: { source: origin + position, destination: machine },
        tcp: { sourcePort: 40_000, destinationPort: 80, sequence: position },
        ...(sizes === 'even' && { payload: new Uint8Array(stream.uint32() % 1401) }),
      }),
    ),
  );
}

/** Which packet a frame is that was not damaged. */
export function positionOf(frame: Uint8Array): number {
  return readUint32(frame, ethernetHeaderLength + ipv4HeaderLength(frame, ethernetHeaderLength) + 4);
}
