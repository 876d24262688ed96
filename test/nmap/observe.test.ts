import { describe, expect, it } from 'vitest';
import { ipIdAlgorithm, sharesIpIds } from '../../src/nmap/ip-id.js';
import { observe } from '../../src/nmap/observe.js';
import { optionsText } from '../../src/nmap/options-text.js';
import { type NmapProbe, nmapProbes, type ProbeName } from '../../src/nmap/probes.js';
import { sequenceNumberTests, timestampRate } from '../../src/nmap/sequence-tests.js';
import { formatSubject } from '../../src/nmap/subject-text.js';
import { formatMac } from '../../src/packet/address.js';
import { icmpFrame, tcpFrame } from '../../src/packet/build.js';
import { decodeFrame, emitFrame, type Frame } from '../../src/packet/frame.js';
import { ipv4Flag } from '../../src/packet/ipv4.js';
import type { Tcp } from '../../src/packet/tcp.js';
import { tcpFlag } from '../../src/packet/tcp-flags.js';
import type { TcpOption } from '../../src/packet/tcp-options.js';
import { randomStream } from '../../src/random.js';

const ports = { open: 22, closed: 81, closedUdp: 40_125 };
const probes = nmapProbes(ports, randomStream(1, 'probes'));
const of = (name: ProbeName) => probes.find((probe) => probe.name === name)!;
const bytesOf = (name: ProbeName) => Buffer.from(of(name).bytes).toString('hex');

describe('the probes', () => {
  const fieldsOf = ({ name, sent: { ipv4, tcp } }: NmapProbe) => {
    const options = Buffer.from(of(name).bytes.subarray(54)).toString('hex');
    return `${name} ${ipv4!.flags === ipv4Flag.dontFragment ? 'DF' : '-'} ${tcp!.destinationPort} ${tcp!.flags.toString(16)} ${tcp!.window} ${options}`;
  };

  it('are those of the documentation', () => {
    expect(probes.filter(({ sent }) => sent.tcp).map(fieldsOf)).toMatchInlineSnapshot(`
      [
        "SEQ1 - 22 2 1 03030a01020405b4080affffffff000000000402",
        "SEQ2 - 22 2 63 020405780303000402080affffffff0000000000",
        "SEQ3 - 22 2 4 080affffffff0000000001010303050102040280",
        "SEQ4 - 22 2 4 0402080affffffff0000000003030a00",
        "SEQ5 - 22 2 16 020402180402080affffffff0000000003030a00",
        "SEQ6 - 22 2 512 020401090402080affffffff00000000",
        "ECN - 22 c2 3 03030a01020405b404020101",
        "T2 DF 22 0 128 03030a0102040109080affffffff000000000402",
        "T3 - 22 2b 256 03030a0102040109080affffffff000000000402",
        "T4 DF 22 10 1024 03030a0102040109080affffffff000000000402",
        "T5 - 81 2 31337 03030a0102040109080affffffff000000000402",
        "T6 DF 81 10 32768 03030a0102040109080affffffff000000000402",
        "T7 - 81 29 65535 03030f0102040109080affffffff000000000402",
      ]
    `);
    expect(bytesOf('ECN').slice(2 * 46, 2 * 48)).toBe('88c2');
    expect(of('ECN').sent.tcp).toMatchObject({ urgentPointer: 0xf7f5, acknowledgment: 0 });
    expect(
      [of('IE1'), of('IE2')].map(({ sent }) => [sent.icmp!.code, sent.ipv4!.tos, sent.payload!.bytes.length]),
    ).toEqual([
      [9, 0, 120],
      [0, 4, 150],
    ]);
    expect(of('IE2').sent.icmp!.rest - of('IE1').sent.icmp!.rest).toBe(0x1_0001);
    expect(of('IE1').sent.icmp!.rest & 0xffff).toBe(295);
    expect(of('U1').sent).toMatchObject({
      ipv4: { identification: 0x1042 },
      udp: { destinationPort: 40_125 },
    });
    expect(Buffer.from(of('U1').sent.payload!.bytes).toString()).toBe('C'.repeat(300));
  });

  it('to an open port are left out where there is none', () => {
    const names = nmapProbes({ ...ports, open: undefined }, randomStream(1, 'probes')).map(
      ({ name }) => name,
    );
    expect(names).toEqual(['IE1', 'IE2', 'U1', 'T5', 'T6', 'T7']);
  });
});

/** The machine's end, as an answer to a probe. */
function back({ sent }: NmapProbe, ipv4: object = {}) {
  const { ethernet } = sent;
  const ends = { source: sent.ipv4!.destination, destination: sent.ipv4!.source };
  return {
    ethernet: { source: ethernet!.destination, destination: ethernet!.source },
    ipv4: { ...ends, ttl: 61, flags: ipv4Flag.dontFragment, ...ipv4 },
  };
}

function tcpAnswer(name: ProbeName, tcp: Partial<Tcp>, ipv4: object = {}, payload?: string): Frame {
  const { sourcePort, destinationPort } = of(name).sent.tcp!;
  return tcpFrame({
    ...back(of(name), ipv4),
    tcp: { sourcePort: destinationPort, destinationPort: sourcePort, ...tcp },
    ...(payload !== undefined && { payload: Buffer.from(payload) }),
  });
}

const timestamps = (value: number): TcpOption => ({ type: 'timestamps', value, echo: 0xffff_ffff });
const firstSequence = of('SEQ1').sent.tcp!.sequence;
const { acknowledgment, sequence } = of('T4').sent.tcp!;

/** Answers of an imaginary machine three hops away, with something odd in every line. */
function oddAnswers(): Map<ProbeName, Frame> {
  const answers = new Map<ProbeName, Frame>();
  for (let number = 1; number <= 6; number++) {
    const name = `SEQ${number}` as ProbeName;
    const tcp = {
      sequence: 64_000 * number,
      acknowledgment: firstSequence + number,
      flags: tcpFlag.syn | tcpFlag.ack,
      window: 0x1000 + number,
      options: [
        { type: 'mss', value: 1460 } as const,
        { type: 'nop' } as const,
        timestamps(1000 + 10 * number),
      ],
    };
    answers.set(name, tcpAnswer(name, tcp, { identification: 100 + number }));
  }
  const quote = of('U1').bytes.slice(14);
  quote[8] = of('U1').bytes[14 + 8]! - 2;
  quote.set([0x07, 0x42], 4);
  quote[40] = 0x44;
  answers.set(
    'U1',
    icmpFrame({ ...back(of('U1'), { flags: 0 }), icmp: { type: 3, code: 3, rest: 5 }, payload: quote }),
  );
  for (const [name, code, df] of [
    ['IE1', 9, ipv4Flag.dontFragment],
    ['IE2', 0, 0],
  ] as const)
    answers.set(
      name,
      icmpFrame({
        ...back(of(name), { flags: df, identification: name === 'IE1' ? 108 : 109 }),
        icmp: { type: 0, code, rest: of(name).sent.icmp!.rest },
      }),
    );
  const ecnFlags = tcpFlag.syn | tcpFlag.ack | tcpFlag.ece | tcpFlag.cwr;
  answers.set(
    'ECN',
    tcpAnswer(
      'ECN',
      { flags: ecnFlags, window: 0x20, options: [], reserved: 8, urgentPointer: 3 },
      { flags: 0 },
    ),
  );
  answers.set(
    'T4',
    tcpAnswer(
      'T4',
      { flags: tcpFlag.rst, window: 0, sequence: acknowledgment, acknowledgment: 0 },
      {},
      'No TCB',
    ),
  );
  answers.set(
    'T5',
    tcpAnswer('T5', {
      flags: tcpFlag.rst | tcpFlag.ack,
      window: 9,
      sequence: acknowledgment + 1,
      acknowledgment: sequence,
    }),
  );
  return answers;
}

function exchangesWith(answers: ReadonlyMap<ProbeName, Frame>) {
  return new Map(
    probes.map((probe) => {
      const answer = answers.get(probe.name);
      const at = probe.name.startsWith('SEQ') ? 100 * Number(probe.name.slice(3)) : 1000;
      return [probe.name, { probe, sentMs: at, answer: answer && decodeFrame(emitFrame(answer)) }];
    }),
  );
}

describe('the tests', () => {
  it('say of each answer what the documentation says', () => {
    const { fingerprint, distance } = observe(exchangesWith(oddAnswers()));
    expect(distance).toBe(3);
    expect(formatSubject({ scan: undefined, fingerprint })).toMatchInlineSnapshot(`
      "SEQ(SP=0%GCD=FA00%ISR=9A%TI=I%II=I%SS=S%TS=7)
      OPS(O1=M5B4NT11L%O2=M5B4NT11L%O3=M5B4NT11L%O4=M5B4NT11L%O5=M5B4NT11L%O6=M5B4NT11L)
      WIN(W1=1001%W2=1002%W3=1003%W4=1004%W5=1005%W6=1006)
      ECN(R=Y%DF=N%T=3F%W=20%O=%CC=S%Q=RU)
      T1(R=Y%DF=Y%T=3F%S=O%A=S+%F=AS%RD=0%Q=)
      T2(R=N)
      T3(R=N)
      T4(R=Y%DF=Y%T=3F%W=0%S=A%A=Z%F=R%O=%RD=17F33F0B%Q=)
      T5(R=Y%DF=Y%T=3F%W=9%S=A+%A=S%F=AR%O=%RD=0%Q=)
      T6(R=N)
      T7(R=N)
      U1(R=Y%DF=N%T=3F%IPL=164%UN=5%RIPL=G%RID=742%RIPCK=I%RUCK=G%RUD=I)
      IE(R=Y%DFI=S%T=3F%CD=S)"
    `);
  });

  it('have no OPS and WIN where only some of the six SYNs were answered', () => {
    const answers = oddAnswers();
    answers.delete('SEQ6');
    const { fingerprint } = observe(exchangesWith(answers));
    expect([...fingerprint.keys()].slice(0, 3)).toEqual(['SEQ', 'ECN', 'T1']);
  });

  it('of a machine that answers nothing are all R=N', () => {
    const { fingerprint, distance } = observe(exchangesWith(new Map()));
    expect(distance).toBeUndefined();
    expect(new Set([...fingerprint].map(([, tests]) => JSON.stringify([...tests])))).toEqual(
      new Set(['[["R","N"]]']),
    );
    expect([...fingerprint.keys()].join()).toBe('OPS,WIN,ECN,T1,T2,T3,T4,T5,T6,T7,U1,IE');
  });

  it('guess the first time to live where no quote tells the distance', () => {
    const answers = oddAnswers();
    answers.delete('U1');
    const { fingerprint } = observe(exchangesWith(answers));
    expect(fingerprint.get('T4')?.get('TG')).toBe('40');
    expect(fingerprint.get('T4')?.has('T')).toBe(false);
  });

  it('count no sequence number of 0, and compare TCP with ICMP where both count in any way', () => {
    const answers = oddAnswers();
    const zero = { sequence: 0, flags: tcpFlag.syn | tcpFlag.ack, options: [timestamps(7)] };
    for (const name of ['SEQ1', 'SEQ2', 'SEQ3', 'SEQ4', 'SEQ5', 'SEQ6'] as const)
      answers.set(name, tcpAnswer(name, zero, { identification: Number(name[3]) }));
    const seq = (ids: [number, number]) => {
      for (const [at, name] of (['IE1', 'IE2'] as const).entries()) {
        const icmp = { type: 0, code: 0, rest: of(name).sent.icmp!.rest };
        answers.set(name, icmpFrame({ ...back(of(name), { identification: ids[at] }), icmp }));
      }
      return Object.fromEntries(observe(exchangesWith(answers)).fingerprint.get('SEQ')!);
    };
    expect(seq([8, 9])).toEqual({ TI: 'I', II: 'I', SS: 'S' });
    expect(seq([2000, 5000])).toEqual({ TI: 'I', II: 'RI', SS: 'O' });
    expect(seq([0, 0])).toEqual({ TI: 'I', II: 'Z' });
  });

  it('take whatever distance a quote tells', () => {
    const answers = oddAnswers();
    const quote = answers.get('U1')!.payload!.bytes;
    quote[8] = 255;
    const sent = of('U1').sent.ipv4!.ttl;
    const { fingerprint, distance } = observe(exchangesWith(answers));
    expect(distance).toBe(sent - 254);
    expect(fingerprint.get('T4')?.get('T')).toBe(((61 + sent - 255) & 0xff).toString(16).toUpperCase());
  });

  it('each probe knows its answer among those of the others', () => {
    for (const [name, frame] of oddAnswers()) {
      const decoded = decodeFrame(emitFrame(frame));
      expect(probes.filter((probe) => probe.answers(decoded)).map((probe) => probe.name)).toEqual([name]);
    }
    expect(formatMac(probes[0]!.sent.ethernet!.source)).toMatch(/^02:/);
  });
});

describe('IP identifications', () => {
  it.each<[string | undefined, number[]]>([
    ['Z', [0, 0, 0]],
    ['RD', [1, 30_000, 5]],
    ['CAFE', [0xcafe, 0xcafe, 0xcafe]],
    ['RI', [1, 1200, 2300]],
    ['BI', [0x0100, 0x0200, 0x0400]],
    ['I', [0xffff, 0, 5]],
    [undefined, [1, 100, 200]],
    // Of two, a large step is no proof of randomness.
    ['RI', [1, 30_000]],
    [undefined, [7]],
  ])('%s', (algorithm, ids) => expect(ipIdAlgorithm(ids)).toBe(algorithm));

  it('are shared when the ICMP answer is close behind', () => {
    const tcp = [1, 2, 3, 4, 5, 6].map((probe) => ({ id: (0xfffc + probe) & 0xffff, probe }));
    expect([0, 3, 4].map((icmp) => sharesIpIds(tcp, icmp))).toEqual([true, true, true]);
    expect([5, 600].map((icmp) => sharesIpIds(tcp, icmp))).toEqual([false, false]);
  });
});

describe('sequence numbers', () => {
  const tests = (values: readonly number[], stepMs = 100) =>
    Object.fromEntries(
      sequenceNumberTests(values.map((value, at) => ({ value: value >>> 0, sentMs: stepMs * at }))),
    );

  it.each([
    [[5, 5, 5, 5], { SP: '0', GCD: '0', ISR: '0' }],
    // 64,000 in 0.1 s: 8 log2 640,000 = 154.3; no deviation.
    [[0, 64_000, 128_000, 192_000, 256_000, 320_000], { SP: '0', GCD: 'FA00', ISR: '9A' }],
    // Round the end of the numbers.
    [[-2, -1, 0, 1], { SP: '0', GCD: '1', ISR: '1B' }],
    // 1000, 3000 and 2000 in 0.1 s: mean 20,000, deviation 10,000, which is 10 of the divisor.
    [[0, 1000, 4000, 6000], { SP: '1B', GCD: '3E8', ISR: '72' }],
    [[1, 2, 3], {}],
  ])('%j', (values, expected) => expect(tests(values)).toEqual(expected));
});

describe('timestamps', () => {
  const rate = (hz: number) =>
    timestampRate([1, 2, 3].map((at) => ({ value: 1e6 + hz * at, sentMs: 1000 * at })));

  it.each([
    [2, '1'],
    [10, '3'],
    [100, '7'],
    [200, '8'],
    [500, '9'],
    [1000, 'A'],
  ])('of %i Hz are %s', (hz, written) => expect(rate(hz)).toBe(written));

  it('may be absent or zero', () => {
    expect(timestampRate([{ value: 1, sentMs: 0 }, undefined])).toBe('U');
    expect(
      timestampRate([
        { value: 0, sentMs: 0 },
        { value: 5, sentMs: 1 },
      ]),
    ).toBe('0');
    expect(timestampRate([])).toBeUndefined();
  });
});

it('writes options as letters, with what they say', () => {
  const text = (hex: string) => {
    const bytes = Buffer.from(hex, 'hex');
    return optionsText([{ type: 'raw', bytes, offset: 0 }]);
  };
  expect(text('020405b40402080a00000001000000000103030a')).toBe('M5B4ST10NWA');
  expect(text('080a0000000000000000')).toBe('T00');
  expect(text('0101040200000000')).toBe('NNSLLLL');
  expect(text('fe0401020402')).toBe('S');
  expect(text('0402fe')).toBe('S');
  expect(text('')).toBe('');
});
