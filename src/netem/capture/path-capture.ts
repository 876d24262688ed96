import type { CapturedPacket, CaptureInterface } from '../../packet/pcapng.js';
import type { Direction } from '../flow.js';
import { deedText } from '../journey/deed-text.js';
import type { Packet } from '../packet-pool.js';
import type { PathWatch } from '../path-watch.js';
import type { KeptFrame } from '../rewritten.js';
import type { CapturePoint } from './points.js';

/**
 * Captures packets where they pass points of a path, each point an interface. A comment says what stages did to the
 * packet since it entered the path in this direction.
 */
export class PathCapture implements PathWatch {
  private readonly places: Readonly<Record<Direction, number[][]>> = { forward: [], reverse: [] };
  private readonly drops: number[] = [];
  private readonly startedAt = process.hrtime.bigint();
  private readonly epoch = BigInt(Date.now()) * 1_000_000n;

  constructor(
    points: readonly CapturePoint[],
    private readonly take: (packet: CapturedPacket) => void,
  ) {
    for (const [id, point] of points.entries()) {
      if (point.drops) this.drops.push(id);
      for (const direction of ['forward', 'reverse'] as const) {
        const at = point[direction];
        if (at === undefined) continue;
        const ids = this.places[direction][at] ?? [];
        // Points of one place are met in the other order on the way back.
        this.places[direction][at] = direction === 'forward' ? [...ids, id] : [id, ...ids];
      }
    }
  }

  at(direction: Direction, next: number, packet: Pick<Packet, 'frame' | 'touched'>): void {
    const ids = this.places[direction][next];
    if (ids) this.capture(ids, packet);
  }

  lost(packet: Packet): void {
    this.capture(this.drops, packet);
  }

  decided(packet: Packet, stage: string, action: string, value: number, kept: KeptFrame | undefined): void {
    const rewritten = kept?.changesIn(packet.frame);
    const before = rewritten && kept?.frame();
    const deed = { action, value, rewritten, before, after: packet.frame, made: undefined };
    packet.touched = [...(packet.touched ?? []), `${stage}: ${deedText(deed)}`];
  }

  private capture(ids: readonly number[], { frame, touched }: Pick<Packet, 'frame' | 'touched'>): void {
    const timestamp = this.epoch + (process.hrtime.bigint() - this.startedAt);
    for (const interfaceId of ids)
      this.take({ interfaceId, timestamp, bytes: frame, comment: touched?.join('\n') });
  }
}

/** The interfaces of a capture at points of a machine's path. */
export function captureInterfaces(points: readonly CapturePoint[]): CaptureInterface[] {
  return points.map(({ name, forward, reverse, drops }) => ({
    name,
    description: drops
      ? 'packets that a stage dropped'
      : `of the path, ${[forward === undefined ? [] : 'forward', reverse === undefined ? [] : 'reverse'].flat().join(' and ')}`,
  }));
}
