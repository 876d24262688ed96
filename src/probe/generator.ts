import { ipv4Flag } from '../packet/ipv4.js';
import { type TcpOption, tcpOptionLength } from '../packet/tcp-options.js';
import { type RandomStream, randomStream } from '../random.js';
import type { Probe } from './probe.js';

export interface GeneratorOptions {
  readonly seed: number | string;
  readonly count: number;
  /** Share of the probes that go to the closed port, 0..1. */
  readonly closedShare: number;
}

const optionsArea = 40;
/** A TTL below this might not survive a path of many hops. */
const lowestTtl = 32;
/** TCP option kinds without an assignment (IANA TCP Option Kind Numbers). */
const unassigned = { first: 79, last: 171 };

type OptionMaker = (random: RandomStream) => TcpOption;

const bytes = (random: RandomStream, length: number) => Uint8Array.from({ length }, () => random.below(256));
const times = <T>(length: number, make: () => T): T[] => Array.from({ length }, make);

const optionMakers: readonly OptionMaker[] = [
  (random) => ({ type: 'mss', value: random.below(65_536) }),
  (random) => ({ type: 'windowScale', shift: random.below(256) }),
  () => ({ type: 'sackPermitted' }),
  (random) => ({ type: 'timestamps', value: random.uint32(), echo: random.uint32() }),
  (random) => ({ type: 'sack', edges: times(2 + 2 * random.below(3), () => random.uint32()) }),
  () => ({ type: 'fastOpen', cookie: new Uint8Array(0) }),
  (random) => ({ type: 'userTimeout', minutes: random.below(2) === 1, timeout: random.below(32_768) }),
  (random) => {
    const order = random.below(2) === 0 ? 0 : 1;
    return { type: 'accEcn', order, counters: times(random.below(4), () => random.below(1 << 24)) };
  },
  (random) => ({
    type: 'other',
    kind: unassigned.first + random.below(unassigned.last - unassigned.first + 1),
    data: bytes(random, random.below(9)),
  }),
];

/**
 * Options that fit the header: a random subset of kinds, each once, in random order with random values, NOPs
 * strewn between them; the rest of the last word is NOPs, or an end of list and zeros.
 */
function randomOptions(random: RandomStream): TcpOption[] {
  const order = random.shuffle(Uint8Array.from(optionMakers.keys()));
  const wanted = random.below(optionMakers.length + 1);
  const options: TcpOption[] = [];
  let length = 0;
  const add = (option: TcpOption) => {
    if (length + tcpOptionLength(option) > optionsArea) return;
    options.push(option);
    length += tcpOptionLength(option);
  };
  for (const maker of order.subarray(0, wanted)) {
    if (random.below(3) === 0) add({ type: 'nop' });
    add(optionMakers[maker]!(random));
  }
  if (random.below(2) === 0) while (length % 4 !== 0) add({ type: 'nop' });
  return options;
}

/**
 * The paper's probe generator (section 3.1, appendix A): well-formed, unfragmented, routable TCP segments
 * without payload or IP options, all other fields uniformly random: TOS, identification, DF, TTL, source
 * port, sequence and acknowledgment numbers, reserved bits, flags, window, urgent pointer and options. Equal
 * seed, count and share give equal probes; a larger count keeps the first ones.
 */
export function generateProbes({ seed, count, closedShare }: GeneratorOptions): Probe[] {
  const random = randomStream(seed, 'probes');
  return Array.from({ length: count }, () => ({
    target: random.float() < closedShare ? 'closed' : 'open',
    tos: random.below(256),
    identification: random.below(65_536),
    ipFlags: random.below(2) === 0 ? 0 : ipv4Flag.dontFragment,
    ttl: lowestTtl + random.below(256 - lowestTtl),
    sourcePort: 1024 + random.below(65_536 - 1024),
    sequence: random.uint32(),
    acknowledgment: random.uint32(),
    reserved: random.below(16),
    flags: random.below(256),
    window: random.below(65_536),
    urgentPointer: random.below(65_536),
    options: randomOptions(random),
  }));
}
