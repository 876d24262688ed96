import type { Direction } from '../../src/netem/flow.js';
import { Path } from '../../src/netem/path.js';
import type { StageSpec } from '../../src/netem/stages.js';
import { emitFrame, type Ipv4, parseIpv4Address, type Tcp, tcpFrame } from '../../src/packet/index.js';
import { machineMac, probeMac } from './packets.js';

/** A path with stages in both directions, and what leaves it for each packet sent. */

export const machineAddress = parseIpv4Address('172.31.0.2');
export const copyAddress = (copy: number) => 0x0a000001 + copy;

export interface Out {
  readonly direction: Direction;
  readonly frame: Uint8Array;
}

export class TwoWay {
  readonly path: Path;
  private out: Out[] = [];

  constructor(both: readonly StageSpec[], seed = 1) {
    this.path = new Path({
      spec: { forward: [], reverse: [], both },
      seed,
      link: 'm1',
      origin: copyAddress(0),
      deliver: (direction, frame) => this.out.push({ direction, frame: frame.slice() }),
    });
  }

  /** All that leaves the path for this frame, in order. */
  all(direction: Direction, frame: Uint8Array): Out[] {
    this.out = [];
    this.path.send(direction, frame);
    return this.out;
  }

  /** What comes out where the frame goes, or undefined when nothing does. */
  one(direction: Direction, frame: Uint8Array): Uint8Array | undefined {
    const [first, ...more] = this.all(direction, frame).filter((one) => one.direction === direction);
    if (more.length > 0) throw new Error(`${more.length + 1} packets came out for one`);
    return first?.frame;
  }
}

type SegmentFields = Partial<Tcp> & {
  readonly copy?: number;
  readonly ipv4?: Partial<Ipv4>;
  readonly data?: number;
};

/** A segment from a copy's address, port 40000, to port 22 of the machine. */
export function fromProber({ copy = 0, ipv4, data = 0, ...tcp }: SegmentFields): Uint8Array {
  return emitFrame(
    tcpFrame({
      ethernet: { source: probeMac, destination: machineMac },
      ipv4: { source: copyAddress(copy), destination: machineAddress, ...ipv4 },
      tcp: { sourcePort: 40_000, destinationPort: 22, ...tcp },
      payload: new Uint8Array(data),
    }),
  );
}

/** A segment back from there. */
export function fromMachine({ copy = 0, ipv4, data = 0, ...tcp }: SegmentFields): Uint8Array {
  return emitFrame(
    tcpFrame({
      ethernet: { source: machineMac, destination: probeMac },
      ipv4: { source: machineAddress, destination: copyAddress(copy), ...ipv4 },
      tcp: { sourcePort: 22, destinationPort: 40_000, ...tcp },
      payload: new Uint8Array(data),
    }),
  );
}
