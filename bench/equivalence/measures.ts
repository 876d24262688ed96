import { ethernetHeaderLength } from '../../src/packet/ethernet.js';
import {
  brownForsythe,
  chiSquare,
  kolmogorovSmirnov,
  mannWhitney,
  mean,
  type TestResult,
  welch,
} from '../statistics/tests.js';
import { copies, type Observation, overtakers, perBlock, runsOf } from './observation.js';

/** Something that is seen of packets, and the test of whether the kernel and the simulator make it alike. */
export interface Measure {
  readonly name: string;
  /** One number for people. */
  summary(observed: Observation): number;
  test(kernel: Observation, simulator: Observation): TestResult;
}

/** Longer runs count as one of this length. */
const longest = 1000;

type Flags = (observed: Observation) => number[];

const lost: Flags = (observed) => copies(observed).map((count) => (count === 0 ? 1 : 0));
const twice: Flags = (observed) => copies(observed).map((count) => (count > 1 ? 1 : 0));

/** For packets that are chosen independently of each other: a table of two by two. */
function share(name: string, flags: Flags): Measure {
  const table = (observed: Observation) => {
    const hits = flags(observed).reduce((sum, value) => sum + value, 0);
    return [hits, observed.sent.length - hits];
  };
  return {
    name,
    summary: (observed) => mean(flags(observed)),
    test: (kernel, simulator) => chiSquare(table(kernel), table(simulator)),
  };
}

/** For packets whose lots hang together: how many of each fifty. */
function blocks(name: string, flags: Flags): Measure {
  return {
    name,
    summary: (observed) => mean(perBlock(flags(observed))),
    test: (kernel, simulator) => mannWhitney(perBlock(flags(kernel)), perBlock(flags(simulator))),
  };
}

/** For lengths that are independent of each other; those that are rare are tested together. */
function lengths(name: string, of: (observed: Observation) => number[]): Measure {
  const classes = (observed: Observation) => {
    const counts: number[] = Array.from({ length: longest }, () => 0);
    for (const length of of(observed)) counts[Math.min(longest, length) - 1]!++;
    return counts;
  };
  return {
    name,
    summary: (observed) => mean(of(observed)),
    test: (kernel, simulator) => chiSquare(classes(kernel), classes(simulator)),
  };
}

type Values = (observed: Observation) => number[];

function values(name: string, of: Values, test: typeof welch, summary: (of: number[]) => number): Measure {
  return {
    name,
    summary: (observed) => summary(of(observed)),
    test: (kernel, simulator) => test(of(kernel), of(simulator)),
  };
}

const transits: Values = ({ departures }) => departures.map(({ transit }) => transit);

/** Of packets that left when all had come: as long as more come, the kernel has other things to do than to send. */
const spacings: Values = ({ entered, departures }) => {
  const last = entered.reduce((latest, at) => Math.max(latest, at));
  const later = departures.filter(({ at }) => at > last);
  return later.slice(1).map(({ at }, before) => at - later[before]!.at);
};
const deviation = (of: number[]) => Math.sqrt(mean(of.map((value) => (value - mean(of)) ** 2)));
const ninetieth = (of: number[]) => of.toSorted((a, b) => a - b)[Math.floor(0.9 * of.length)]!;

/** The byte and the bit that was turned over in a packet, or undefined where none was. */
function damageOf(before: Uint8Array, after: Uint8Array): { byte: number; bit: number } | undefined {
  const byte = before.findIndex((value, at) => value !== after[at]);
  return byte < 0 ? undefined : { byte, bit: Math.log2(before[byte]! ^ after[byte]!) };
}

const damages = ({ sent, departures }: Observation) =>
  departures.map(({ position, frame }) => damageOf(sent[position]!, frame));

/** Those within the IPv4 packet: the kernel may hit the Ethernet header, too, which the simulator leaves alone. */
const inPacket = (observed: Observation) =>
  damages(observed).filter((damage) => damage !== undefined && damage.byte >= ethernetHeaderLength);

function damageClasses(name: string, of: (damage: { byte: number; bit: number }) => number): Measure {
  const classes = (observed: Observation) => {
    const counts: number[] = [];
    for (const damage of inPacket(observed)) counts[of(damage!)] = (counts[of(damage!)] ?? 0) + 1;
    return Array.from(counts, (count) => count ?? 0);
  };
  return {
    name,
    summary: (observed) => mean(inPacket(observed).map((damage) => of(damage!))),
    test: (kernel, simulator) => chiSquare(classes(kernel), classes(simulator)),
  };
}

export const lossShare = share('share lost', lost);
export const lossPerBlock = blocks('lost of 50', lost);
export const burstsPerBlock = blocks('bursts of loss in 50', (observed) =>
  lost(observed).map((value, at, all) => (value === 1 && all[at - 1] !== 1 ? 1 : 0)),
);
export const burstLengths = lengths('length of bursts', (observed) => runsOf(lost(observed), 1));
export const gapLengths = lengths('length of gaps', (observed) => runsOf(lost(observed), 0));
export const delayMean = values('mean, ms', transits, welch, mean);
export const delaySpread = values('standard deviation, ms', transits, brownForsythe, deviation);
export const delayShape = values(
  'distribution (90th percentile, ms)',
  transits,
  kolmogorovSmirnov,
  ninetieth,
);
export const overtakingShare = share('share that overtakes', overtakers);
export const overtakingPerBlock = blocks('overtakers of 50', overtakers);
export const overtakingGaps = lengths('packets between overtakers', (observed) =>
  runsOf(overtakers(observed), 0),
);
export const twiceShare = share('share that comes twice', twice);
export const twicePerBlock = blocks('twice, of 50', twice);
export const damagedShare = share('share damaged', (observed) =>
  damages(observed).map((damage) => (damage ? 1 : 0)),
);
export const damagedPlace = damageClasses('byte of the packet', ({ byte }) => byte - ethernetHeaderLength);
export const damagedBit = damageClasses('bit of the byte', ({ bit }) => bit);
export const spacingMean = values('mean time between packets, ms', spacings, welch, mean);
export const spacingShape = values(
  'times between packets (90th percentile, ms)',
  spacings,
  kolmogorovSmirnov,
  ninetieth,
);
