import { positionOf } from './traffic.js';

/** A packet that came out, or a copy of one. */
export interface Departure {
  /** Which packet it is, from 0. */
  readonly position: number;
  /** Milliseconds, of the clock of whatever it came through. */
  readonly at: number;
  /** Milliseconds from going in to coming out. */
  readonly transit: number;
  readonly frame: Uint8Array;
}

/** What was made of a sequence of packets. */
export interface Observation {
  /** In the order in which they went in. */
  readonly sent: readonly Uint8Array[];
  /** When each went in; ms. */
  readonly entered: readonly number[];
  /** In the order in which they came out. */
  readonly departures: readonly Departure[];
}

/** How often each packet came out. */
export function copies({ sent, departures }: Observation): number[] {
  const counts = sent.map(() => 0);
  for (const { position } of departures) counts[position]!++;
  return counts;
}

/** Of each packet, 1 where it overtook one that had gone in before it. */
export function overtakers({ sent, departures }: Observation): number[] {
  const out = sent.map(() => false);
  const found = sent.map(() => 0);
  let next = 0;
  for (const { position } of departures) {
    if (position > next) found[position] = 1;
    out[position] = true;
    while (out[next]) next++;
  }
  return found;
}

/** Lengths of the runs of one value, in order. */
export function runsOf(values: readonly number[], value: number): number[] {
  const lengths: number[] = [];
  let length = 0;
  for (const one of [...values, Number.NaN]) {
    if (one === value) length++;
    else if (length > 0) {
      lengths.push(length);
      length = 0;
    }
  }
  return lengths;
}

/** A run per block of the sequence, summed: blocks are far longer than what binds neighbours, and so independent. */
export function perBlock(values: readonly number[], size = 50): number[] {
  const blocks: number[] = [];
  for (let start = 0; start + size <= values.length; start += size)
    blocks.push(values.slice(start, start + size).reduce((sum, value) => sum + value, 0));
  return blocks;
}

/**
 * Finds out which packet is which: by what it says, or, since what it says may be damaged, by its place where as many came
 * out as went in and all in order.
 */
export function observe(
  sent: readonly Uint8Array[],
  entered: readonly number[],
  out: readonly { readonly at: number; readonly frame: Uint8Array }[],
): Observation {
  const said = out.map(({ frame }) => positionOf(frame));
  const whole = out.every(({ frame }, index) => Buffer.compare(frame, sent[said[index]!] ?? frame) === 0);
  const inOrder = !whole && out.length === sent.length;
  if (!whole && !inOrder)
    throw new Error('packets came out damaged, and not all of them: they cannot be told apart');
  const departures = out.map(({ at, frame }, index) => {
    const position = whole ? said[index]! : index;
    return { position, at, frame, transit: at - entered[position]! };
  });
  return { sent, entered, departures };
}
