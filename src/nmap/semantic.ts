import type { FieldSpec } from '../probe/fields.js';
import type { Fingerprint } from './fingerprint.js';
import type { Quote } from './quote.js';
import { burstNames } from './response-order.js';
import { rateClass } from './sequence-tests.js';
import type { TimestampOffset } from './timestamps.js';

/** What a machine's answers show only together: of one scan. */
export interface Semantics {
  readonly fingerprint: Fingerprint;
  /** Of the datagram to a closed port; undefined without an answer. */
  readonly quote: Quote | undefined;
  /** Kinds of probes that were sent back to back, in the order of their answers. */
  readonly order: readonly string[];
  /** When an unanswered SYN-ACK was sent again, ms after the first; undefined without a SYN-ACK. */
  readonly retransmissions: readonly number[] | undefined;
  /** Of the clock that these show; undefined where they are none or have no timestamps. */
  readonly timestampHz: number | undefined;
  readonly timestampOffset: TimestampOffset | undefined;
}

const number = (name: string): FieldSpec => ({ name: `semantic.${name}`, kind: 'number', whole: true });
const text = (name: string): FieldSpec => ({ name: `semantic.${name}`, kind: 'text', whole: true });

/**
 * Attributes that several packets show together (the paper's fourth limitation: a learner sees one response at a
 * time). What varies from scan to scan is put into classes: a divisor of sequence numbers up to 9 is 1, their rate is
 * told by octaves in fours, clocks as nmap's test TS has them, waits for retransmissions in whole seconds.
 */
export const semanticFields: readonly FieldSpec[] = [
  number('tcp.isn.gcd'),
  text('tcp.isn.rate'),
  text('ip.id.tcp-open'),
  text('ip.id.tcp-closed'),
  text('ip.id.icmp'),
  text('ip.id.counters'),
  text('tcp.timestamp.offset'),
  text('tcp.timestamp.clock'),
  number('tcp.rto.count'),
  text('tcp.rto.schedule'),
  text('tcp.rto.backoff'),
  number('icmp.quote.bytes'),
  text('icmp.quote.altered'),
  text('order'),
];

/** A divisor up to this is chance. */
const smallDivisor = 9;
const eighths = 8;
const octaves = 4;

const idClasses: Readonly<Record<string, string>> = {
  Z: 'zero',
  RD: 'random',
  RI: 'random steps',
  BI: 'byte-swapped',
  I: 'incremental',
};

const idClass = (value: string | undefined) => value && (idClasses[value] ?? 'constant');

/** `2^31..2^35 /s`; octaves are counted so that the rate of random numbers of 32 bits lies in the middle of one. */
function isnRate(isr: string | undefined, gcd: number | undefined): string | undefined {
  if (isr === undefined) return undefined;
  if (gcd === 0) return 'constant';
  const least = octaves * Math.floor((Number.parseInt(isr, 16) / eighths + 1) / octaves) - 1;
  return `2^${Math.max(0, least)}..2^${least + octaves} /s`;
}

/** The clock in classes: that of a connection, or, where all show one, that of all. */
function clock({ fingerprint, timestampHz, timestampOffset }: Semantics): string | undefined {
  if (timestampHz !== undefined) return clockName(rateClass(timestampHz));
  const shared = timestampOffset === 'shared' ? fingerprint.get('SEQ')?.get('TS') : undefined;
  return shared && clockName(shared);
}

const named: Readonly<Record<string, string>> = { '1': '2 Hz', '7': '100 Hz', '8': '200 Hz' };
const clockName = (written: string) => named[written] ?? `2^${Number.parseInt(written, 16)} Hz`;

function order({ order: came }: Semantics): string | undefined {
  if (came.length < 2) return undefined;
  const sent = burstNames.filter((name) => came.includes(name));
  return came.every((name, index) => name === sent[index]) ? 'as sent' : came.join(', ');
}

/** Timers that tick twice a second, as BSD's, are up to half a second early. */
const seconds = (ms: number) => String(Math.round(ms / 1000));

const waitsOf = (retransmissions: readonly number[]) =>
  retransmissions.map((ms, index) => ms - (retransmissions[index - 1] ?? 0));

function schedule(retransmissions: readonly number[] | undefined): string | undefined {
  if (!retransmissions) return undefined;
  const waits = waitsOf(retransmissions);
  return waits.length === 0 ? 'none' : waits.map(seconds).join(' ');
}

/** `x2` where each wait is twice the one before it: it holds for a machine whose clock is wrong, too. */
function backoff(retransmissions: readonly number[] | undefined): string | undefined {
  if (!retransmissions || retransmissions.length < 2) return undefined;
  const waits = waitsOf(retransmissions);
  const growth = waits.slice(1).map((wait, index) => Math.round((2 * wait) / waits[index]!) / 2);
  return [...new Set(growth)].map((times) => `x${times}`).join(' ');
}

/** The attributes of a scan, in the order of {@link semanticFields}; undefined for what it does not show. */
export function semanticValues(scan: Semantics): (number | string | undefined)[] {
  const sequence = scan.fingerprint.get('SEQ');
  const divisor = sequence?.get('GCD');
  const gcd = divisor === undefined ? undefined : Number.parseInt(divisor, 16);
  const counters = { S: 'shared', O: 'own' }[sequence?.get('SS') ?? ''];
  const { quote, retransmissions, timestampOffset } = scan;
  return [
    gcd !== undefined && gcd > 0 && gcd <= smallDivisor ? 1 : gcd,
    isnRate(sequence?.get('ISR'), gcd),
    ...['TI', 'CI', 'II'].map((test) => idClass(sequence?.get(test))),
    counters,
    timestampOffset,
    clock(scan),
    retransmissions?.length,
    schedule(retransmissions),
    backoff(retransmissions),
    quote?.bytes,
    quote && (quote.altered.join(', ') || 'nothing'),
    order(scan),
  ];
}
