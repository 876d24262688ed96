import type { Process } from './correlated.js';
import type { DecisionLog } from './decision-log.js';
import type { DelayLine } from './delay-line.js';
import { type Direction, type Flow, flowOf, isIpv4Frame } from './flow.js';
import type { Lane, Site } from './lane.js';
import type { KeptFrame, Rewritten } from './rewritten.js';
import { drawFor, type PathPacket, type StageActions } from './stage.js';

/** What a step needs of its path. */
export interface StepHost {
  readonly log: DecisionLog;
  readonly line: DelayLine;
  /** What the packet at a stage that rewrites was when it came there. */
  readonly kept: KeptFrame;
  elapsed(): number;
  positionOf(flow: Flow): number;
  /** Takes a packet to a stage of a lane, or out where there is none. */
  advance(lane: Lane, next: number, packet: PathPacket): void;
  lose(lane: Lane, packet: PathPacket): void;
  /** Takes in a frame at a stage, as a packet with the mark of its maker. */
  enter(direction: Direction, next: number, mark: number, frame: Uint8Array): void;
  entered(direction: Direction, packet: PathPacket): void;
  left(direction: Direction, packet: PathPacket): void;
}

/** One packet at one stage. */
export class Step implements StageActions {
  constructor(
    private readonly host: StepHost,
    private readonly lane: Lane,
    private readonly stage: number,
    private readonly packet: PathPacket,
  ) {}

  get direction(): Direction {
    return this.lane.direction;
  }

  private get site(): Site {
    return this.lane.sites[this.stage]!;
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
    const { waiting } = this.lane;
    waiting[this.stage]!++;
    this.host.line.hold(
      ms,
      () => {
        waiting[this.stage]!--;
        this.pass();
      },
      () => {
        waiting[this.stage]!--;
        this.host.lose(this.lane, this.packet);
      },
    );
  }

  duplicate(): void {
    this.record('duplicate', 1);
    const copy = this.packet.copy + this.markTowards(this.lane.direction);
    const twin = { ...this.packet, copy, frame: new Uint8Array(this.packet.frame) };
    this.host.entered(this.lane.direction, twin);
    this.host.advance(this.lane, this.stage + 1, twin);
  }

  emit(direction: Direction, frame: Uint8Array): void {
    const mark = this.markTowards(direction);
    if (!isIpv4Frame(frame)) throw new TypeError(`${this.site.kind} emitted a frame that is not IPv4`);
    this.record('emit', frame.length);
    this.host.enter(direction, this.site.onward[direction].next, mark, frame);
  }

  reidentify(): void {
    const before = { ...this.packet };
    const flow = flowOf(this.packet.frame, this.lane.direction);
    // The stage may go on using the packet it was given.
    Object.assign(this.packet, flow, { position: this.host.positionOf(flow) });
    this.host.entered(this.lane.direction, this.packet);
    this.host.left(this.lane.direction, before);
  }

  note(action: string, value: number): void {
    this.record(action, value, this.site.rewrites ? this.host.kept.changesIn(this.packet.frame) : undefined);
  }

  private record(action: string, value: number, changes?: Rewritten): void {
    const { proberAddress, proberPort, machinePort, protocol, ordinal, copy } = this.packet;
    this.host.log.add({
      proberAddress,
      proberPort,
      machinePort,
      protocol,
      ordinal,
      copy,
      direction: this.lane.direction,
      stage: this.stage,
      kind: this.site.kind,
      action,
      value,
      ...changes,
    });
  }

  private markTowards(direction: Direction): number {
    const { kind, onward } = this.site;
    const { mark } = onward[direction];
    if (mark === 0) throw new TypeError(`${kind} makes packets without having said so`);
    return mark;
  }
}
