import { type KeyedRandom, keyedRandom } from '../random.js';
import { DecisionLog } from './decision-log.js';
import { DelayLine } from './delay-line.js';
import { type Direction, flowOf, isIpv4Frame, type PacketIdentity } from './flow.js';
import { drawFor, type PathPacket, type Stage, type StageActions } from './stage.js';
import { createStage, type StageSpec } from './stages.js';

/** The stages between the prober and a machine, as data. */
export interface PathSpec {
  /** Prober to machine, in the order in which a packet meets them. */
  readonly forward: readonly StageSpec[];
  /** Machine to prober. */
  readonly reverse: readonly StageSpec[];
}

export interface PathOptions {
  readonly spec: PathSpec;
  readonly seed: number | string;
  /** Names the link: machines on links of different names draw from different streams. */
  readonly link: string;
  /** Takes what comes out at the far end; the frame is valid only during the call. */
  readonly deliver: (direction: Direction, frame: Uint8Array) => void;
}

/** Follows packets through a path; a packet that was duplicated leaves more often than it entered. */
export interface PathObserver {
  entered(direction: Direction, frame: Uint8Array): void;
  left(direction: Direction, frame: Uint8Array): void;
}

interface Lane {
  readonly direction: Direction;
  readonly stages: readonly Stage[];
  readonly randoms: readonly KeyedRandom[];
  /** What each stage adds to the number of a copy that it makes. */
  readonly copyBits: readonly number[];
  readonly ordinals: Map<string, number>;
}

/**
 * The simulated network between the prober and one machine: ordered, seeded stages in each direction. It
 * works on IPv4; other frames (ARP) pass untouched, since the path stands for a routed network. Conservation
 * holds: entered + duplicated = delivered + dropped + held.
 */
export class Path {
  readonly log = new DecisionLog();
  observer: PathObserver | undefined;
  /** Packets dropped so far, both directions; those that `clear` found waiting are among them. */
  dropped = 0;
  private readonly line = new DelayLine();
  private readonly lanes: Record<Direction, Lane>;
  private readonly deliver: PathOptions['deliver'];

  constructor(options: PathOptions) {
    this.deliver = options.deliver;
    const lane = (direction: Direction): Lane => {
      const stages = options.spec[direction].map(createStage);
      return {
        direction,
        stages,
        randoms: stages.map((stage, index) =>
          keyedRandom(options.seed, `path/${options.link}/${direction}/${index}/${stage.kind}`),
        ),
        copyBits: stages.map(
          (_, index) => 2 ** stages.slice(0, index).filter((stage) => stage.kind === 'duplicate').length,
        ),
        ordinals: new Map(),
      };
    };
    this.lanes = { forward: lane('forward'), reverse: lane('reverse') };
  }

  /** Packets waiting in the path. */
  get held(): number {
    return this.line.held;
  }

  /** Stages of a direction as text, for reports. */
  describe(direction: Direction): string[] {
    return this.lanes[direction].stages.map((stage) => stage.text);
  }

  send(direction: Direction, frame: Uint8Array): void {
    const lane = this.lanes[direction];
    if (!isIpv4Frame(frame)) {
      this.deliver(direction, frame);
      return;
    }
    this.observer?.entered(direction, frame);
    if (lane.stages.length === 0) {
      this.leave(direction, frame, true);
      return;
    }
    const flow = flowOf(frame, direction);
    const key = `${flow.proberAddress}:${flow.proberPort}:${flow.machinePort}:${flow.protocol}`;
    const ordinal = lane.ordinals.get(key) ?? 0;
    lane.ordinals.set(key, ordinal + 1);
    this.step(lane, 0, { ...flow, ordinal, copy: 0, frame: new Uint8Array(frame) });
  }

  /** Drops what is held; the path can be used again. */
  clear(): void {
    this.line.clear();
  }

  private step(lane: Lane, stage: number, packet: PathPacket): void {
    const current = lane.stages[stage];
    if (!current) {
      this.leave(lane.direction, packet.frame, true);
      return;
    }
    const note = (action: string, value: number) =>
      this.log.add({
        ...identity(packet),
        direction: lane.direction,
        stage,
        kind: current.kind,
        action,
        value,
      });
    const onward = () => this.step(lane, stage + 1, packet);
    const lose = () => {
      this.dropped++;
      this.leave(lane.direction, packet.frame, false);
    };
    const actions: StageActions = {
      random: (draw) => drawFor(lane.randoms[stage]!, packet, draw),
      note,
      pass: onward,
      drop: () => {
        note('drop', 0);
        lose();
      },
      hold: (ms) => {
        note('hold', Math.round(ms * 1000));
        if (ms === 0) onward();
        else this.line.hold(ms, onward, lose);
      },
      duplicate: () => {
        note('duplicate', 1);
        const twin = {
          ...packet,
          copy: packet.copy + lane.copyBits[stage]!,
          frame: new Uint8Array(packet.frame),
        };
        this.observer?.entered(lane.direction, twin.frame);
        this.step(lane, stage + 1, twin);
      },
    };
    current.process(packet, actions);
  }

  private leave(direction: Direction, frame: Uint8Array, delivered: boolean): void {
    if (delivered) this.deliver(direction, frame);
    this.observer?.left(direction, frame);
  }
}

function identity({ frame: _frame, ...rest }: PathPacket): PacketIdentity {
  return rest;
}
