import { type Clock, realClock } from './clock.js';
import { DecisionLog } from './decision-log.js';
import { DelayLine } from './delay-line.js';
import { type Direction, isIpv4Frame, proberAddressOf, readFlow } from './flow.js';
import { buildLanes, type Lane, type PathSpec } from './lane.js';
import { type Packet, PacketPool } from './packet-pool.js';
import type { PathWatch } from './path-watch.js';
import { KeptFrame } from './rewritten.js';
import { Step, type StepHost } from './step.js';

export type { BoxSpec, PathSpec } from './lane.js';

export interface PathOptions {
  readonly spec: PathSpec;
  readonly seed: number | string;
  /** Names the link: machines on links of different names draw from different streams. */
  readonly link: string;
  /** Address of the first probe packet, a 32-bit number: those after it count from there; default 0. */
  readonly origin?: number | undefined;
  /** What the path's times are measured by; default: real time. */
  readonly clock?: Clock | undefined;
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
  /** By a probe packet's number: its place in the order of sending; default: the number itself. */
  places: Uint32Array | undefined;
  /** Packets dropped so far, both directions; those that `clear` found waiting are among them. */
  dropped = 0;
  private readonly clock: Clock;
  private readonly line: DelayLine<Packet>;
  private readonly pool = new PacketPool();
  private readonly lanes: Record<Direction, Lane>;
  private readonly steps: Record<Direction, readonly Step[]>;
  private readonly deliver: PathOptions['deliver'];
  private readonly origin: number;
  private startedAt: number | undefined;
  private readonly host: StepHost;

  constructor(options: PathOptions) {
    this.deliver = options.deliver;
    this.clock = options.clock ?? realClock;
    this.line = new DelayLine<Packet>(
      (packet) => packet.waitsAt!.release(packet),
      (packet) => packet.waitsAt!.discard(packet),
      this.clock,
    );
    this.origin = options.origin ?? 0;
    this.lanes = buildLanes(options.spec, options.seed, options.link);
    this.host = {
      log: this.log,
      line: this.line,
      pool: this.pool,
      kept: new KeptFrame(),
      watch: undefined,
      elapsed: () => this.clock.now() - (this.startedAt ?? this.clock.now()),
      locate: (packet) => this.locate(packet),
      advance: (lane, next, packet) => this.advance(lane, next, packet),
      lose: (lane, packet) => this.lose(lane, packet),
      enter: (direction, next, mark, frame) => this.enter(this.lanes[direction], next, mark, frame),
      entered: (direction, frame, prober) => this.observer?.entered(direction, frame, prober),
      left: (direction, frame, prober) => this.observer?.left(direction, frame, prober),
    };
    const { host } = this;
    const stepsOf = (lane: Lane) => lane.sites.map((site, stage) => new Step(host, lane, stage, site));
    this.steps = { forward: stepsOf(this.lanes.forward), reverse: stepsOf(this.lanes.reverse) };
  }

  /** Who sees packets wherever they are; nobody by default. */
  set watch(watch: PathWatch | undefined) {
    this.host.watch = watch;
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

  /** Gives a packet its number and its place, which follow from its address. */
  private locate(packet: Packet): void {
    const number = (packet.proberAddress - this.origin) >>> 0;
    packet.probe = number;
    packet.position = this.places && number < this.places.length ? this.places[number]! : number;
  }

  private enter(lane: Lane, next: number, mark: number, frame: Uint8Array): void {
    const { direction } = lane;
    if (!isIpv4Frame(frame)) {
      this.deliver(direction, frame);
      return;
    }
    this.startedAt ??= this.clock.now();
    this.observer?.entered(direction, frame, proberAddressOf(frame, direction));
    if (lane.sites.length <= next) {
      // The receiver may do with the frame what it likes.
      const prober = proberAddressOf(frame, direction);
      this.host.watch?.at(direction, next, { frame, touched: undefined });
      this.deliver(direction, frame);
      this.observer?.left(direction, frame, prober);
      return;
    }
    const packet = this.pool.take(frame);
    readFlow(frame, direction, packet);
    packet.ordinal = lane.ordinals.next(packet, mark);
    packet.copy = mark;
    this.locate(packet);
    this.advance(lane, next, packet);
  }

  private advance(lane: Lane, next: number, packet: Packet): void {
    const step = this.steps[lane.direction][next];
    this.host.watch?.at(lane.direction, next, packet);
    if (step && isIpv4Frame(packet.frame)) {
      step.process(packet);
      return;
    }
    if (step) this.host.watch?.at(lane.direction, lane.sites.length, packet);
    this.deliver(lane.direction, packet.frame);
    this.observer?.left(lane.direction, packet.frame, packet.proberAddress);
    this.pool.give(packet);
  }

  private lose(lane: Lane, packet: Packet): void {
    this.dropped++;
    this.host.watch?.lost(packet);
    this.observer?.left(lane.direction, packet.frame, packet.proberAddress);
    this.pool.give(packet);
  }
}
