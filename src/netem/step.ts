import type { Process } from './correlated.js';
import type { DecisionLog } from './decision-log.js';
import type { DelayLine } from './delay-line.js';
import { type Direction, type Flow, isIpv4Frame, readFlow } from './flow.js';
import type { Lane, Site } from './lane.js';
import type { Packet, PacketPool } from './packet-pool.js';
import type { PathWatch } from './path-watch.js';
import { KeptFrame } from './rewritten.js';
import { drawFor, type StageActions } from './stage.js';

/** What a step needs of its path. */
export interface StepHost {
  readonly log: DecisionLog;
  readonly line: DelayLine<Packet>;
  readonly pool: PacketPool;
  /** What the packet at a stage that rewrites was when it came there. */
  readonly kept: KeptFrame;
  watch: PathWatch | undefined;
  elapsed(): number;
  /** Gives a packet its number and its place by its address. */
  locate(packet: Packet): void;
  /** Takes a packet to a stage of a lane, or out where there is none. */
  advance(lane: Lane, next: number, packet: Packet): void;
  lose(lane: Lane, packet: Packet): void;
  /** Takes in a frame at a stage, as a packet with the mark of its maker. */
  enter(direction: Direction, next: number, mark: number, frame: Uint8Array): void;
  entered(direction: Direction, frame: Uint8Array, prober: number): void;
  left(direction: Direction, frame: Uint8Array, prober: number): void;
}

/** What a packet that a stage makes was before. */
const nothing = new KeptFrame();

/** A stage at work on the packet in hand. */
export class Step implements StageActions {
  private packet!: Packet;
  private readonly decided = new Map<string, number>();

  constructor(
    private readonly host: StepHost,
    private readonly lane: Lane,
    private readonly stage: number,
    private readonly site: Site,
  ) {}

  /** Hands a packet to the stage. What the stage sends on may come round to it before it is done with this one. */
  process(packet: Packet): void {
    const outer = this.packet;
    this.packet = packet;
    if (this.site.rewrites) this.host.kept.keep(packet.frame);
    this.site.process(packet, this);
    this.packet = outer;
  }

  get direction(): Direction {
    return this.lane.direction;
  }

  random(draw: number): number {
    return drawFor(this.site.random, this.packet, draw);
  }

  flowRandom({ proberAddress, proberPort, machinePort, protocol }: Flow, draw: number): number {
    return this.site.flowRandom(proberAddress | 0, (proberPort << 16) | machinePort, protocol, draw);
  }

  stateOf<State>(process: Process<State>): State {
    const { position, ordinal, copy } = this.packet;
    return this.site.stateAt(process, position, ordinal, copy);
  }

  elapsed(): number {
    return this.host.elapsed();
  }

  queued(): number {
    let sum = 0;
    for (let at = this.stage; at < this.lane.waiting.length; at++) sum += this.lane.waiting[at]!;
    return sum;
  }

  pass(): void {
    this.host.advance(this.lane, this.stage + 1, this.packet);
  }

  drop(): void {
    this.record('drop', 0);
    this.host.lose(this.lane, this.packet);
  }

  hold(ms: number, noted = ms): void {
    this.record('hold', Math.round(noted * 1000));
    if (ms === 0) {
      this.pass();
      return;
    }
    this.lane.waiting[this.stage]!++;
    this.packet.waitsAt = this;
    this.host.line.hold(ms, this.packet);
  }

  /** Lets a packet that was held here go on. */
  release(packet: Packet): void {
    this.lane.waiting[this.stage]!--;
    this.host.advance(this.lane, this.stage + 1, packet);
  }

  /** Loses a packet that was held here. */
  discard(packet: Packet): void {
    this.lane.waiting[this.stage]!--;
    this.host.lose(this.lane, packet);
  }

  duplicate(): void {
    this.record('duplicate', 1);
    const copy = this.packet.copy + this.markTowards(this.lane.direction);
    const twin = this.host.pool.twin(this.packet, copy);
    this.host.entered(this.lane.direction, twin.frame, twin.proberAddress);
    this.host.advance(this.lane, this.stage + 1, twin);
  }

  emit(direction: Direction, frame: Uint8Array): void {
    const mark = this.markTowards(direction);
    if (!isIpv4Frame(frame)) throw new TypeError(`${this.site.kind} emitted a frame that is not IPv4`);
    this.record('emit', frame.length, nothing, frame);
    this.host.enter(direction, this.site.onward[direction].next, mark, frame);
  }

  reidentify(): void {
    const { packet } = this;
    const { direction } = this.lane;
    const before = packet.proberAddress;
    readFlow(packet.frame, direction, packet);
    this.host.locate(packet);
    this.host.entered(direction, packet.frame, packet.proberAddress);
    this.host.left(direction, packet.frame, before);
  }

  note(action: string, value: number): void {
    this.record(action, value, this.site.rewrites ? this.host.kept : undefined);
  }

  private record(action: string, value: number, kept?: KeptFrame, frame = this.packet.frame): void {
    let decided = this.decided.get(action);
    if (decided === undefined) {
      decided = this.host.log.numberOf(this.site.kind, action);
      this.decided.set(action, decided);
    }
    this.host.watch?.decided(this.packet, this.site.text, action, value, kept === nothing ? undefined : kept);
    this.host.log.add(this.packet, this.lane.direction, this.stage, decided, value, kept, frame);
  }

  private markTowards(direction: Direction): number {
    const { kind, onward } = this.site;
    const { mark } = onward[direction];
    if (mark === 0) throw new TypeError(`${kind} makes packets without having said so`);
    return mark;
  }
}
