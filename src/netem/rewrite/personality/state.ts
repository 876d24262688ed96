import type { Flow } from '../../flow.js';
import type { StageActions } from '../../stage.js';
import { Identifications, InitialSequence, TimestampClock } from './generators.js';
import type { Personality } from './traits.js';

/** Uniform in [0, 1). */
export type PersonalityDraw = () => number;

/** Flow of what belongs to no packet. */
const nobody: Flow = { proberAddress: 0, proberPort: 0, machinePort: 0, protocol: 0 };

/** A personality that has been drawn, with its counters and its clock: one for a machine. */
export class PersonalityState {
  readonly traits: Personality;
  readonly ids: Identifications;
  readonly sequence: InitialSequence | undefined;
  private readonly clock: TimestampClock | undefined;
  private connections = 0;

  constructor(drawn: (draw: PersonalityDraw) => Personality, actions: StageActions) {
    let draws = 0;
    const draw = () => actions.flowRandom(nobody, draws++);
    this.traits = drawn(draw);
    const { ids, sequence, clockHz } = this.traits;
    this.ids = new Identifications(ids, draw);
    this.sequence = sequence && new InitialSequence(sequence, draw);
    this.clock = clockHz === undefined ? undefined : new TimestampClock(clockHz, draw);
  }

  /** The number of a new connection. */
  connection(): number {
    return this.connections++;
  }

  clockAt(elapsedMs: number, connection: number): number | undefined {
    return this.clock?.at(elapsedMs, connection);
  }
}

/** A number of 32 bits that belongs to a flow. */
export const randomOf = (actions: StageActions, flow: Flow) =>
  Math.floor(actions.flowRandom(flow, 0) * 0x1_0000_0000);
