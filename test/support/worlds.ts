import type { Direction } from '../../src/netem/flow.js';
import { Path, type PathSpec } from '../../src/netem/path.js';
import type { NetemAppliance } from '../../testbed/netem-appliance/index.js';

/** What came out, by the way it went. */
export type Crossed = Readonly<Record<Direction, readonly Uint8Array[]>>;

/** A path made by the simulator. Nothing in it may wait. */
export class SimulatedWorld {
  private out: Record<Direction, Uint8Array[]> = { forward: [], reverse: [] };
  private readonly path: Path;

  constructor(spec: PathSpec) {
    this.path = new Path({
      ...{ spec, seed: 1, link: 'm1', origin: 0x0a000001 },
      deliver: (direction, frame) => this.out[direction].push(frame.slice()),
    });
  }

  cross(direction: Direction, frames: readonly Uint8Array[]): Crossed {
    this.out = { forward: [], reverse: [] };
    for (const frame of frames) this.path.send(direction, frame.slice());
    return this.out;
  }
}

/** How long a frame that must come is waited for, and how long one that must not come would have had. */
const [patienceMs, graceMs] = [1500, 100];

/** Sends frames through the appliance, and waits for as many as are expected, in each direction. */
export async function crossAppliance(
  box: NetemAppliance,
  direction: Direction,
  frames: readonly Uint8Array[],
  expected: Readonly<Record<Direction, number>>,
): Promise<Crossed> {
  const out: Record<Direction, Uint8Array[]> = { forward: [], reverse: [] };
  box.onFrame = (towards, frame) => out[towards].push(new Uint8Array(frame));
  for (const frame of frames) box.send(direction, frame);
  const until = performance.now() + patienceMs;
  const missing = () => out.forward.length < expected.forward || out.reverse.length < expected.reverse;
  while (missing() && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 5));
  // An order goes the way of the frames in the kernel: what was to be handled has been when it is answered.
  await box.run(['/bin/echo']);
  await new Promise((resolve) => setTimeout(resolve, graceMs));
  box.onFrame = undefined;
  return out;
}

/** Checksums in which 0 is written as its other form, 0xffff: the kernel writes that, and both are right. */
export function withPlainZero(frame: Uint8Array): Uint8Array {
  const plain = frame.slice();
  const transport = 14 + (plain[14]! & 0x0f) * 4;
  for (const at of [24, ...(plain[23] === 6 ? [transport + 16] : [])])
    if (plain[at] === 0xff && plain[at + 1] === 0xff) plain.set([0, 0], at);
  return plain;
}
