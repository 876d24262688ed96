import type { KeyedRandom } from '../random.js';

/** Uniform in [0, 1), the n-th draw of a place. */
export type Draw = (n: number) => number;

/**
 * A random process in which each packet's lot depends on that of the packet before it. "Before" is meant in
 * the sequence of probes and not in time: the process takes one step a place, whether or not a packet is
 * there, so that equal seeds give every packet its lot whenever it comes.
 */
export interface Process<State> {
  /** Tells the processes of one stage apart. */
  readonly name: string;
  /** A state as if the process had run for ever; `place` may be below 0. */
  start(draw: Draw, place: number): State;
  /** The state of the next place; `draw` gives that place's numbers. */
  next(state: State, draw: Draw): State;
}

const blockSize = 1024;
const keptBlocks = 64;

/**
 * One process of one stage, readable at any place. Packets of one flow beyond the first, and copies, run in
 * processes of their own. States are made a block at a time; a block starts one block's length early, from a
 * stationary state and with the draws of the places there, so that it has forgotten its start and joins the
 * block before it where the process forgets within that length, as all but very slow ones do.
 */
export class ProcessRun<State> {
  private readonly blocks = new Map<string, State[]>();
  private lastNumber = -1;
  private lastOrdinal = 0;
  private lastCopy = 0;
  private lastBlock: State[] = [];

  constructor(
    private readonly process: Process<State>,
    private readonly random: KeyedRandom,
  ) {}

  /** The state at a place, 0..2^32-1. */
  at(position: number, ordinal: number, copy: number): State {
    const number = Math.floor(position / blockSize);
    if (number !== this.lastNumber || ordinal !== this.lastOrdinal || copy !== this.lastCopy) {
      const key = `${number} ${ordinal} ${copy}`;
      this.lastBlock = this.blocks.get(key) ?? this.make(number * blockSize, ordinal, copy);
      // A map keeps the order of insertion: the first key is the one longest unused.
      this.blocks.delete(key);
      this.blocks.set(key, this.lastBlock);
      if (this.blocks.size > keptBlocks) this.blocks.delete(this.blocks.keys().next().value!);
      this.lastNumber = number;
      this.lastOrdinal = ordinal;
      this.lastCopy = copy;
    }
    return this.lastBlock[position % blockSize]!;
  }

  private make(first: number, ordinal: number, copy: number): State[] {
    let place = first - blockSize;
    const draw: Draw = (n) => this.random(place | 0, ordinal | 0, copy, n);
    let state = this.process.start(draw, place);
    const states: State[] = [];
    for (place++; place < first + blockSize; place++) {
      state = this.process.next(state, draw);
      if (place >= first) states.push(state);
    }
    return states;
  }
}
