import { DecisionLog } from './decision-log.js';
import { DelayLine } from './delay-line.js';
import { type Direction, type Flow, flowOf, isIpv4Frame } from './flow.js';
import { buildLanes, type Lane, type PathSpec } from './lane.js';
import { KeptFrame } from './rewritten.js';
import type { PathPacket } from './stage.js';
import { Step, type StepHost } from './step.js';

export type { BoxSpec, PathSpec } from './lane.js';

export interface PathOptions {
  readonly spec: PathSpec;
  readonly seed: number | string;
  /** Names the link: machines on links of different names draw from different streams. */
  readonly link: string;
  /** Address of the first probe packet, a 32-bit number: where positions count from; default 0. */
  readonly origin?: number | undefined;
  /** Takes what comes out at the far end; the frame is valid only during the call. */
  readonly deliver: (direction: Direction, frame: Uint8Array) => void;
}

/**
 * Follows packets through a path: each enters once and leaves once, those that stages make included. `prober`
 * is the address of the prober's side by which the path knows the packet, whatever a stage made of its frame; a
 * packet whose addresses are translated leaves under the one and enters under the other.
 */
export interface PathObserver {
  entered(direction: Direction, frame: Uint8Array, prober: number): void;
  left(direction: Direction, frame: Uint8Array, prober: number): void;
}

/**
 * The simulated network between the prober and one machine: ordered, seeded stages in each direction. It
 * works on IPv4; other frames (ARP) pass untouched, since the path stands for a routed network, and so does
 * what a stage made unreadable, by those after it. Conservation holds: entered + duplicated + emitted =
 * delivered + dropped + held.
 */
export class Path {
  readonly log = new DecisionLog();
  observer: PathObserver | undefined;
  /** Packets dropped so far, both directions; those that `clear` found waiting are among them. */
  dropped = 0;
  private readonly line = new DelayLine();
  private readonly kept = new KeptFrame();
  private readonly lanes: Record<Direction, Lane>;
  private readonly deliver: PathOptions['deliver'];
  private readonly origin: number;
  private startedAt: number | undefined;
  private readonly host: StepHost;

  constructor(options: PathOptions) {
    this.deliver = options.deliver;
    this.origin = options.origin ?? 0;
    this.lanes = buildLanes(options.spec, options.seed, options.link);
    this.host = {
      log: this.log,
      line: this.line,
      kept: this.kept,
      elapsed: () => performance.now() - (this.startedAt ?? performance.now()),
      positionOf: (flow) => this.positionOf(flow),
      advance: (lane, next, packet) => this.advance(lane, next, packet),
      lose: (lane, packet) => {
        this.dropped++;
        this.observer?.left(lane.direction, packet.frame, packet.proberAddress);
      },
      enter: (direction, next, mark, frame) => this.enter(this.lanes[direction], next, mark, frame),
      entered: (direction, packet) => this.observer?.entered(direction, packet.frame, packet.proberAddress),
      left: (direction, packet) => this.observer?.left(direction, packet.frame, packet.proberAddress),
    };
  }

  /** Packets waiting in the path. */
  get held(): number {
    return this.line.held;
  }

  /** Stages of a direction as text, for reports. */
  describe(direction: Direction): string[] {
    return this.lanes[direction].sites.map(({ text }) => text);
  }

  send(direction: Direction, frame: Uint8Array): void {
    this.enter(this.lanes[direction], 0, 0, frame);
  }

  /** Drops what is held; the path can be used again. */
  clear(): void {
    this.line.clear();
  }

  private positionOf({ proberAddress }: Flow): number {
    return (proberAddress - this.origin) >>> 0;
  }

  private enter(lane: Lane, next: number, mark: number, frame: Uint8Array): void {
    if (!isIpv4Frame(frame)) {
      this.deliver(lane.direction, frame);
      return;
    }
    this.startedAt ??= performance.now();
    const flow = flowOf(frame, lane.direction);
    this.observer?.entered(lane.direction, frame, flow.proberAddress);
    if (lane.sites.length <= next) {
      this.deliver(lane.direction, frame);
      this.observer?.left(lane.direction, frame, flow.proberAddress);
      return;
    }
    const key = `${flow.proberAddress}:${flow.proberPort}:${flow.machinePort}:${flow.protocol} ${mark}`;
    const ordinal = lane.ordinals.get(key) ?? 0;
    lane.ordinals.set(key, ordinal + 1);
    const own = mark === 0 ? new Uint8Array(frame) : frame;
    this.advance(lane, next, { ...flow, ordinal, copy: mark, position: this.positionOf(flow), frame: own });
  }

  private advance(lane: Lane, next: number, packet: PathPacket): void {
    const site = lane.sites[next];
    if (site && isIpv4Frame(packet.frame)) {
      if (site.rewrites) this.kept.keep(packet.frame);
      site.process(packet, new Step(this.host, lane, next, packet));
      return;
    }
    this.deliver(lane.direction, packet.frame);
    this.observer?.left(lane.direction, packet.frame, packet.proberAddress);
  }
}
