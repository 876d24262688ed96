import { rmSync } from 'node:fs';
import { captureInterfaces, PathCapture } from '../netem/capture/path-capture.js';
import { type CapturePoint, capturePoint } from '../netem/capture/points.js';
import type { PathSpec } from '../netem/path.js';
import type { PathWatch } from '../netem/path-watch.js';
import { decodeFrame, type Frame } from '../packet/frame.js';
import { PcapngFile } from '../packet/pcapng-file.js';
import { version } from '../version.js';

/** Where packets are captured: at the prober's end of a path, at the machine's, and what stages drop. */
export const capturePoints = ['prober', 'machine', 'drops'] as const;

export interface BedPacket {
  /** Id of the machine whose path it was on. */
  readonly machine: string;
  readonly point: (typeof capturePoints)[number];
  /** Nanoseconds since 1970. */
  readonly timestamp: bigint;
  readonly bytes: Uint8Array;
  readonly frame: Frame;
  /** What stages did to it, a line each. */
  readonly comment: string | undefined;
}

/** Packets of a testbed, from its beginning until it is stopped or disposed. */
export class Capture implements Disposable {
  readonly packets: BedPacket[] = [];
  private running = true;

  constructor(
    private readonly machines: readonly string[],
    private readonly detach: (capture: Capture) => void,
  ) {}

  take(packet: BedPacket): void {
    if (this.running) this.packets.push(packet);
  }

  /** Writes what was captured as pcapng, an interface for each machine and point. Throws CapabilityError. */
  save(file: string): void {
    const points = ends();
    const interfaces = this.machines.flatMap((machine) =>
      captureInterfaces(points).map((one) => ({ ...one, name: `${machine} ${one.name}` })),
    );
    const temporary = `${file}.${process.pid}.tmp`;
    rmSync(temporary, { force: true });
    using written = new PcapngFile(temporary, file, interfaces, { application: `Stackbed ${version}` });
    for (const { machine, point, timestamp, bytes, comment } of this.packets)
      written.write({
        interfaceId: this.machines.indexOf(machine) * capturePoints.length + capturePoints.indexOf(point),
        ...{ timestamp, bytes, comment },
      });
    written.keep();
  }

  stop(): void {
    this.running = false;
    this.detach(this);
  }

  [Symbol.dispose](): void {
    this.stop();
  }
}

const noStages: PathSpec = { forward: [], reverse: [] };
const ends = (path = noStages): CapturePoint[] => capturePoints.map((name) => capturePoint(path, name)!);

/** Watches a machine's path for all who capture. */
export function watchFor(
  machine: string,
  path: PathSpec,
  captures: ReadonlySet<Capture>,
): PathWatch | undefined {
  if (captures.size === 0) return undefined;
  return new PathCapture(ends(path), ({ interfaceId, timestamp, bytes, comment }) => {
    const copy = bytes.slice();
    const point = capturePoints[interfaceId]!;
    const packet = { machine, point, timestamp, bytes: copy, frame: decodeFrame(copy), comment };
    for (const capture of captures) capture.take(packet);
  });
}
