import type { Frame } from '../packet/frame.js';
import { tcpAnswerTests } from './answer-tests.js';
import type { Fingerprint, TestLine } from './fingerprint.js';
import { hexadecimal } from './hexadecimal.js';
import { distanceOf, echoLine, udpLine } from './icmp-tests.js';
import { ipIdAlgorithm, sharesIpIds } from './ip-id.js';
import { optionsText } from './options-text.js';
import { type ProbeName, sequenceProbes } from './probes.js';
import type { Exchange, Exchanges } from './scan.js';
import { type Sample, sequenceNumberTests, timestampRate } from './sequence-tests.js';
import { testsOf } from './tests.js';

/** What a scan found, and how far away the machine is: 1 for the next hop, undefined where nothing tells. */
export interface Observation {
  readonly fingerprint: Fingerprint;
  readonly distance: number | undefined;
}

const counted = ['I', 'RI', 'BI'];
const silent: TestLine = new Map([['R', 'N']]);
const fewestIds = 3;

interface Answered extends Exchange {
  readonly answer: Frame;
}

/**
 * Every test of the answers to a scan (Nmap Network Scanning, "Response Tests"). A line whose probe was not sent is
 * left out; one whose probe was not answered is `R=N`.
 */
export function observe(exchanges: Exchanges): Observation {
  const udp = exchanges.get('U1');
  const distance = udp && distanceOf(udp.probe, udp.answer);
  const route = { distance };
  const answered = (names: readonly ProbeName[]) => answeredOf(exchanges, names);
  const sequence = answered(sequenceProbes);
  const lines = new Map<string, TestLine>();
  const put = (name: string, tests: TestLine) => {
    if (tests.size > 0) lines.set(name, inOrder(name, tests));
  };
  put('SEQ', sequenceLine(sequence, answered(['T5', 'T6', 'T7']), answered(['IE1', 'IE2'])));
  // nmap itself leaves both lines out where some of the six were answered and some were not.
  if (exchanges.has('SEQ1') && [0, sequenceProbes.length].includes(sequence.length)) {
    put(
      'OPS',
      numbered('O', sequence, ({ tcp }) => optionsText(tcp!.options)),
    );
    put(
      'WIN',
      numbered('W', sequence, ({ tcp }) => hexadecimal(tcp!.window)),
    );
  }
  for (const [line, name] of tcpLines) {
    const exchange = exchanges.get(name);
    if (!exchange) continue;
    const { probe, answer } = exchange;
    put(line, answer ? tcpAnswerTests(probe.sent, answer, route) : silent);
  }
  if (udp) put('U1', udpLine(udp.probe, udp.answer, route));
  const echoes = [exchanges.get('IE1'), exchanges.get('IE2')].map((one) => one?.answer);
  if (exchanges.has('IE1')) put('IE', echoLine(echoes, route));
  return { fingerprint: lines, distance };
}

const answeredOf = (exchanges: Exchanges, names: readonly ProbeName[]) =>
  names.map((name) => exchanges.get(name)).filter((one): one is Answered => one?.answer !== undefined);

const tcpLines: readonly (readonly [line: string, probe: ProbeName])[] = [
  ['ECN', 'ECN'],
  ['T1', 'SEQ1'],
  ['T2', 'T2'],
  ['T3', 'T3'],
  ['T4', 'T4'],
  ['T5', 'T5'],
  ['T6', 'T6'],
  ['T7', 'T7'],
];

/** The tests that the line has, in its order. */
function inOrder(line: string, tests: TestLine): TestLine {
  return new Map(testsOf[line]!.filter((test) => tests.has(test)).map((test) => [test, tests.get(test)!]));
}

function numbered(letter: string, sequence: readonly Answered[], value: (answer: Frame) => string): TestLine {
  if (sequence.length === 0) return silent;
  return new Map(
    sequence.map(({ probe, answer }) => [`${letter}${probe.name.slice('SEQ'.length)}`, value(answer)]),
  );
}

function sequenceLine(
  sequence: readonly Answered[],
  closed: readonly Answered[],
  echoes: readonly Answered[],
): TestLine {
  const ids = (answers: readonly Answered[]) => answers.map(({ answer }) => answer.ipv4!.identification);
  // An answer whose sequence number is 0 counts for nothing here: nmap takes it for none.
  const nonzero = sequence.filter(({ answer }) => answer.tcp!.sequence !== 0);
  const tests = sequenceNumberTests(
    nonzero.map(({ answer, sentMs }) => ({ value: answer.tcp!.sequence, sentMs })),
  );
  const set = (test: string, value: string | undefined) => {
    if (value !== undefined) tests.set(test, value);
  };
  const [ti, ii] = [
    sequence.length >= fewestIds ? ipIdAlgorithm(ids(sequence)) : undefined,
    ipIdAlgorithm(ids(echoes)),
  ];
  set('TI', ti);
  set('CI', ipIdAlgorithm(ids(closed)));
  set('II', ii);
  if (counted.includes(ti ?? '') && counted.includes(ii ?? '')) {
    const tcp = sequence.map(({ probe, answer }) => ({
      id: answer.ipv4!.identification,
      probe: Number(probe.name.slice('SEQ'.length)),
    }));
    set('SS', sharesIpIds(tcp, echoes[0]!.answer.ipv4!.identification) ? 'S' : 'O');
  }
  set('TS', timestampRate(nonzero.map(timestampOf)));
  return tests;
}

/** The timestamps of the answers to SEQ; undefined for an answer that has none. */
export function sequenceTimestamps(exchanges: Exchanges): (Sample | undefined)[] {
  return answeredOf(exchanges, sequenceProbes).map(timestampOf);
}

function timestampOf({ answer, sentMs }: Answered): Sample | undefined {
  const option = answer.tcp!.options.find(({ type }) => type === 'timestamps');
  return option?.type === 'timestamps' ? { value: option.value, sentMs } : undefined;
}
