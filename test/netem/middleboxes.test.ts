import { describe, expect, it } from 'vitest';
import { type Direction, flowOf } from '../../src/netem/flow.js';
import {
  hasValidFlags,
  movedBy,
  openedBy,
  type TcpState,
  type Way,
} from '../../src/netem/rewrite/conntrack.js';
import type { StageSpec } from '../../src/netem/stages.js';
import { decodeFrame, emitFrame, icmpFrame, ipv4Flag, tcpFlag, udpFrame } from '../../src/packet/index.js';
import { generateProbes } from '../../src/probe/generator.js';
import { probeFrame } from '../../src/probe/probe.js';
import { readdress } from '../../src/probe/send-copy.js';
import { machineMac, probeMac } from './packets.js';
import { copyAddress, fromMachine, fromProber, machineAddress, TwoWay } from './two-way.js';

const { fin, syn, rst, psh, ack, urg } = tcpFlag;
const translator = 0x0afe0001;
const nat = (more: object = {}): StageSpec =>
  ({ kind: 'nat', address: translator, ports: 'preserve', idle: 1024, ...more }) as StageSpec;

const tcpOf = (frame: Uint8Array | undefined) => decodeFrame(frame!).tcp!;
const ipOf = (frame: Uint8Array | undefined) => decodeFrame(frame!).ipv4!;

/** The machine's answer to a segment as it arrived. */
function answerTo(arrived: Uint8Array, fields: Parameters<typeof fromMachine>[0]): Uint8Array {
  const { ipv4, tcp } = decodeFrame(arrived);
  return fromMachine({
    sourcePort: tcp!.destinationPort,
    destinationPort: tcp!.sourcePort,
    acknowledgment: (tcp!.sequence + 1) >>> 0,
    ...fields,
    ipv4: { destination: ipv4!.source },
  });
}

describe('nat', () => {
  it('brings every answer back to its copy, whatever ports are taken', () => {
    for (const ports of ['preserve', 'random'])
      for (const idle of [1, 50, 1024]) {
        const box = new TwoWay([nat({ ports, idle })]);
        for (let copy = 0; copy < 300; copy++) {
          const arrived = box.one('forward', fromProber({ copy, sequence: copy }))!;
          expect(ipOf(arrived).source).toBe(translator);
          const back = box.one('reverse', answerTo(arrived, { flags: syn | ack }))!;
          expect(back).toEqual(fromMachine({ copy, flags: syn | ack, acknowledgment: copy + 1 }));
        }
      }
  });

  it('keeps a port that is free, gives a flow the same one again, and two flows two', () => {
    const box = new TwoWay([nat()]);
    const port = (copy: number) => tcpOf(box.one('forward', fromProber({ copy }))).sourcePort;
    expect(port(0)).toBe(40_000);
    const second = port(1);
    expect(second).not.toBe(40_000);
    expect([port(0), port(1)]).toEqual([40_000, second]);
  });

  it('takes a port from a flow that was idle for so many probes', () => {
    const box = new TwoWay([nat({ idle: 100 })]);
    const port = (copy: number) => tcpOf(box.one('forward', fromProber({ copy }))).sourcePort;
    expect(port(0)).toBe(40_000);
    expect(port(99)).not.toBe(40_000);
    expect(port(100)).toBe(40_000);
    const stale = fromMachine({ flags: syn | ack, ipv4: { destination: translator } });
    expect(ipOf(box.one('reverse', stale)).destination).toBe(copyAddress(100));
  });

  it('lets in only ports that were spoken to, and nothing to the inside addresses', () => {
    const box = new TwoWay([nat()]);
    box.one('forward', fromProber({}));
    const to = { ipv4: { destination: translator } };
    expect(box.one('reverse', fromMachine({ ...to, sourcePort: 80 }))).toBeUndefined();
    expect(box.one('reverse', fromMachine({ ...to, destinationPort: 40_001 }))).toBeUndefined();
    expect(box.one('reverse', fromMachine({}))).toBeUndefined();
    expect(box.one('reverse', fromMachine(to))).toBeDefined();
    box.one('forward', fromProber({ destinationPort: 80 }));
    expect(box.one('reverse', fromMachine({ ...to, sourcePort: 80 }))).toBeDefined();
  });

  it('has chosen the same ports when flows come in another order', () => {
    const portsOf = (copies: readonly number[]) => {
      const box = new TwoWay([nat({ ports: 'random' })]);
      return new Map(
        copies.map((copy) => [copy, tcpOf(box.one('forward', fromProber({ copy }))).sourcePort]),
      );
    };
    const order = [...Array(40).keys()];
    const there = portsOf(order);
    expect(new Set(there.values()).size).toBe(40);
    const back = portsOf([...order].reverse());
    for (const copy of order) expect(back.get(copy)).toBe(there.get(copy));
  });

  it('translates echoes by their identifier', () => {
    const box = new TwoWay([nat({ ports: 'random' })]);
    const echo = (type: number, source: number, destination: number, identifier: number) =>
      emitFrame(
        icmpFrame({
          ethernet: { source: probeMac, destination: machineMac },
          ipv4: { source, destination },
          icmp: { type, rest: (identifier << 16) | 9 },
          payload: new Uint8Array(8),
        }),
      );
    const arrived = box.one('forward', echo(8, copyAddress(3), machineAddress, 77))!;
    const identifier = decodeFrame(arrived).icmp!.rest >>> 16;
    expect(identifier).not.toBe(77);
    const back = box.one('reverse', echo(0, machineAddress, translator, identifier));
    expect(back).toEqual(echo(0, machineAddress, copyAddress(3), 77));
  });

  it('translates what ICMP errors quote, checksums in the quote included', () => {
    const box = new TwoWay([nat({ ports: 'random' })]);
    const sent = fromProber({ copy: 5, sequence: 99 });
    const error = (quoted: Uint8Array, to: number, length: number) =>
      emitFrame(
        icmpFrame({
          ethernet: { source: machineMac, destination: probeMac },
          ipv4: { source: machineAddress, destination: to },
          icmp: { type: 3, code: 10 },
          payload: quoted.subarray(14, 14 + length),
        }),
      );
    const arrived = box.one('forward', sent)!;
    for (const length of [28, 38, 40])
      expect(box.one('reverse', error(arrived, translator, length))).toEqual(
        error(sent, copyAddress(5), length),
      );
    expect(box.one('reverse', error(sent, translator, 28))).toBeUndefined();
    expect(box.one('reverse', error(arrived, translator, 24))).toBeUndefined();
  });

  it('leaves UDP without a checksum without one', () => {
    const box = new TwoWay([nat()]);
    const datagram = emitFrame(
      udpFrame({
        ethernet: { source: probeMac, destination: machineMac },
        ipv4: { source: copyAddress(0), destination: machineAddress },
        udp: { sourcePort: 5000, destinationPort: 53, checksum: 0 },
      }),
    );
    expect(decodeFrame(box.one('forward', datagram)!).udp).toMatchObject({ sourcePort: 5000, checksum: 0 });
  });

  it('stands twice in a row', () => {
    const box = new TwoWay([nat(), nat({ address: 0x0afd0001, ports: 'random' })]);
    const arrived = box.one('forward', fromProber({ copy: 2, sequence: 7 }))!;
    expect(ipOf(arrived).source).toBe(0x0afd0001);
    expect(box.one('reverse', answerTo(arrived, { flags: syn | ack }))).toEqual(
      fromMachine({ copy: 2, flags: syn | ack, acknowledgment: 8 }),
    );
  });

  it('tells an observer of the path about the copy, not about the translator', () => {
    const box = new TwoWay([nat()]);
    const balance = new Map<number, number>();
    const count = (change: number) => (_way: Direction, _frame: Uint8Array, prober: number) =>
      balance.set(prober, (balance.get(prober) ?? 0) + change);
    const seen: number[] = [];
    box.path.observer = {
      entered: (way, frame, prober) => {
        count(1)(way, frame, prober);
        seen.push(prober);
      },
      left: count(-1),
    };
    const arrived = box.one('forward', fromProber({ copy: 4 }))!;
    box.one('reverse', answerTo(arrived, { flags: rst | ack }));
    expect([...balance.values()].every((value) => value === 0)).toBe(true);
    expect(seen.filter((prober) => prober === copyAddress(4))).toHaveLength(2);
  });
});

describe('initial sequence numbers made random', () => {
  const box = () => new TwoWay([{ kind: 'isn', randomise: 'both' }]);

  it('keep both ends of a connection consistent, SACK blocks included', () => {
    const path = box();
    const arrived = tcpOf(path.one('forward', fromProber({ sequence: 1000, flags: syn })));
    expect(arrived.sequence).not.toBe(1000);
    const answer = fromMachine({ sequence: 5, acknowledgment: arrived.sequence + 1, flags: syn | ack });
    const seen = tcpOf(path.one('reverse', answer));
    expect(seen.acknowledgment).toBe(1001);
    expect(seen.sequence).not.toBe(5);
    const edges = [seen.sequence + 100, seen.sequence + 200].map((edge) => edge >>> 0);
    const last = tcpOf(
      path.one(
        'forward',
        fromProber({
          sequence: 1001,
          acknowledgment: (seen.sequence + 1) >>> 0,
          flags: ack,
          options: [{ type: 'sack', edges }],
        }),
      ),
    );
    expect([last.sequence, last.acknowledgment]).toEqual([(arrived.sequence + 1) >>> 0, 6]);
    expect(last.options[0]).toEqual({ type: 'sack', edges: [105, 205] });
  });

  it('leave alone what belongs to no handshake, and what acknowledges nothing', () => {
    const path = box();
    const stray = fromProber({ sequence: 1, acknowledgment: 2, flags: ack | psh });
    expect(path.one('forward', stray)).toEqual(stray);
    const refusal = fromMachine({ sequence: 0, acknowledgment: 3, flags: rst | ack });
    expect(path.one('reverse', refusal)).toEqual(refusal);
    const arrived = tcpOf(path.one('forward', fromProber({ sequence: 9, acknowledgment: 77, flags: syn })));
    expect(arrived.acknowledgment).toBe(77);
  });

  it('are the same again for a SYN that is sent again, and others for another flow', () => {
    const path = box();
    const first = (copy: number) => tcpOf(path.one('forward', fromProber({ copy, sequence: 1 }))).sequence;
    expect(first(0)).toBe(first(0));
    expect(first(1)).not.toBe(first(0));
  });
});

/** Rows of the kernel's table (nf_conntrack_proto_tcp.c, 6.12): from each state, for each segment. */
const states = ['SS', 'SR', 'ES', 'FW', 'CW', 'LA', 'TW', 'CL', 'S2'] as const;
const names: Readonly<Record<(typeof states)[number], TcpState>> = {
  SS: 'SYN_SENT',
  SR: 'SYN_RECV',
  ES: 'ESTABLISHED',
  FW: 'FIN_WAIT',
  CW: 'CLOSE_WAIT',
  LA: 'LAST_ACK',
  TW: 'TIME_WAIT',
  CL: 'CLOSE',
  S2: 'SYN_SENT2',
};
const rows: readonly [Way, flags: number, outcomes: string][] = [
  ['original', syn, 'SS IG IG IG IG IG SS SS S2'],
  ['original', syn | ack, 'IV SR IV IV IV IV IV IV SR'],
  ['original', fin | ack, 'IV FW FW LA LA LA TW CL IV'],
  ['original', ack, 'IV ES ES CW CW TW TW CL IV'],
  ['original', rst, 'CL CL CL CL CL CL CL CL CL'],
  ['reply', syn, 'S2 IV IV IV IV IV SS IV S2'],
  ['reply', syn | ack, 'SR IG IG IG IG IG IG IG SR'],
  ['reply', fin | ack, 'IV FW FW LA LA LA TW CL IV'],
  ['reply', ack, 'IG SR ES CW CW TW TW CL IG'],
  ['reply', rst | ack, 'CL CL CL CL CL CL CL CL CL'],
];

describe('connection tracking', () => {
  it.each(rows)('moves as the kernel does: %s, flags %i', (way, flags, outcomes) => {
    const found = states.map((state) => movedBy(names[state], way, flags));
    const expected = outcomes
      .split(' ')
      .map((outcome) => ({ IG: 'ignore', IV: 'invalid', ...names })[outcome as keyof typeof names]);
    expect(found).toEqual(expected);
  });

  it('takes SYNs and ACKs for first segments, and no others', () => {
    const taken = [...Array(256).keys()].filter((flags) => openedBy(flags) !== undefined);
    const must = (flags: number) => [syn, syn | urg, ack, ack | urg].includes(flags & 0x37);
    expect(taken).toEqual([...Array(256).keys()].filter(must));
    expect([...Array(256).keys()].filter(hasValidFlags)).toHaveLength(9 * 8);
  });

  it.each([
    ['conntrack', 0.125],
    ['strict', 0.031_25],
  ] as const)('%s lets a share of %d of the odd probes of the paper pass', (mode, share) => {
    const box = new TwoWay([{ kind: 'stateful-firewall', mode }]);
    const probes = generateProbes({ seed: 1, count: 4000, closedShare: 0.25 });
    const survivors = probes.filter((probe, index) => {
      const frame = probeFrame(probe, { open: 22, closed: 81 });
      readdress(frame, index);
      return box.one('forward', frame);
    });
    expect(survivors.length).toBeGreaterThan(4000 * share * 0.75);
    expect(survivors.length).toBeLessThan(4000 * share * 1.25);
    for (const { flags } of survivors) {
      const plainSyn = (flags & 0x37 & ~urg) === syn;
      expect(mode === 'strict' ? (flags & 0x37) === syn : plainSyn || (flags & 0x37 & ~urg) === ack).toBe(
        true,
      );
    }
  });
});

describe.each(['conntrack', 'strict'] as const)('a firewall that is %s', (mode) => {
  const box = () => new TwoWay([{ kind: 'stateful-firewall', mode }]);
  const opened = () => {
    const path = box();
    expect(path.one('forward', fromProber({ sequence: 100, flags: syn, window: 1000 }))).toBeDefined();
    const answer = { sequence: 500, acknowledgment: 101, flags: syn | ack, window: 1000 };
    expect(path.one('reverse', fromMachine(answer))).toBeDefined();
    expect(
      path.one('forward', fromProber({ sequence: 101, acknowledgment: 501, flags: ack, window: 1000 })),
    ).toBeDefined();
    return path;
  };

  it('lets a whole connection pass, retransmissions included', () => {
    const path = opened();
    const data = { sequence: 101, acknowledgment: 501, flags: psh | ack, window: 1000, data: 300 };
    for (const _ of [1, 2]) expect(path.one('forward', fromProber(data))).toBeDefined();
    const reply = { sequence: 501, acknowledgment: 401, flags: psh | ack, window: 1000, data: 900 };
    for (const _ of [1, 2]) expect(path.one('reverse', fromMachine(reply))).toBeDefined();
    const last = { sequence: 401, acknowledgment: 1401, flags: fin | ack, window: 1000 };
    expect(path.one('forward', fromProber(last))).toBeDefined();
    expect(
      path.one('reverse', fromMachine({ sequence: 1401, acknowledgment: 402, flags: fin | ack })),
    ).toBeDefined();
    expect(
      path.one('forward', fromProber({ sequence: 402, acknowledgment: 1402, flags: ack })),
    ).toBeDefined();
  });

  it('lets the refusal of a closed port pass', () => {
    const path = box();
    path.one('forward', fromProber({ sequence: 100, flags: syn }));
    expect(path.one('reverse', fromMachine({ acknowledgment: 101, flags: rst | ack }))).toBeDefined();
  });

  it('drops answers that nobody asked for, and wrong checksums', () => {
    expect(box().one('reverse', fromMachine({ flags: syn | ack, acknowledgment: 1 }))).toBeUndefined();
    expect(box().one('reverse', fromMachine({ flags: rst }))).toBeUndefined();
    expect(box().one('forward', fromProber({ flags: syn, checksum: 1 }))).toBeUndefined();
  });

  it(`${mode === 'strict' ? 'drops' : 'does not look at'} numbers out of the window`, () => {
    const strict = mode === 'strict';
    const passes = (direction: Direction, frame: Uint8Array) => opened().one(direction, frame) !== undefined;
    const far = { sequence: 101 + 5000, acknowledgment: 501, flags: ack };
    expect(passes('forward', fromProber(far))).toBe(!strict);
    expect(passes('reverse', fromMachine({ sequence: 77, acknowledgment: 101, flags: rst | ack }))).toBe(
      !strict,
    );
    expect(passes('reverse', fromMachine({ sequence: 501, acknowledgment: 101, flags: rst | ack }))).toBe(
      true,
    );
    expect(passes('forward', fromProber({ sequence: 101, acknowledgment: 9999, flags: ack }))).toBe(!strict);
  });

  it('lets UDP answers pass where a question went, and the ICMP error about one', () => {
    const path = box();
    const question = emitFrame(
      udpFrame({
        ethernet: { source: probeMac, destination: machineMac },
        ipv4: { source: copyAddress(0), destination: machineAddress },
        udp: { sourcePort: 5000, destinationPort: 53 },
      }),
    );
    const error = (quoted: Uint8Array) =>
      emitFrame(
        icmpFrame({
          ethernet: { source: machineMac, destination: probeMac },
          ipv4: { source: machineAddress, destination: copyAddress(0) },
          icmp: { type: 3, code: 3 },
          payload: quoted.subarray(14, 42),
        }),
      );
    expect(path.one('reverse', error(question))).toBeUndefined();
    expect(path.one('forward', question)).toBeDefined();
    expect(path.one('reverse', error(question))).toBeDefined();
    expect(flowOf(question, 'forward').proberPort).toBe(5000);
  });
});

describe('a SYN proxy', () => {
  const proxy = (more: object = {}): StageSpec =>
    ({
      kind: 'syn-proxy',
      ports: [22],
      mss: 1400,
      windowScale: 5,
      sack: true,
      timestamps: false,
      window: 0,
      ttl: 128,
      ...more,
    }) as StageSpec;
  const options = [{ type: 'mss', value: 1460 }, { type: 'nop' }, { type: 'windowScale', shift: 7 }] as const;

  it('answers a SYN in the name of the machine, with options of its own, and the machine sees nothing', () => {
    const path = new TwoWay([proxy({ timestamps: true })]);
    const stamp = { type: 'timestamps', value: 5, echo: 0 } as const;
    const asked = [...options, stamp];
    const out = path.all('forward', fromProber({ sequence: 10, flags: syn, options: asked }));
    expect(out.map(({ direction }) => direction)).toEqual(['reverse']);
    const { ipv4, tcp } = decodeFrame(out[0]!.frame);
    expect(ipv4).toMatchObject({ source: machineAddress, destination: copyAddress(0), ttl: 128 });
    expect(tcp).toMatchObject({
      sourcePort: 22,
      destinationPort: 40_000,
      acknowledgment: 11,
      flags: syn | ack,
      window: 0,
      options: [
        ...[{ type: 'mss', value: 1400 }, { type: 'nop' }, { type: 'nop' }],
        { type: 'timestamps', echo: 5 },
        ...[{ type: 'nop' }, { type: 'windowScale', shift: 5 }],
      ],
    });
  });

  it('offers a segment size alone to who has no timestamps', () => {
    const [out] = new TwoWay([proxy({ timestamps: true })]).all(
      'forward',
      fromProber({ flags: syn, options }),
    );
    expect(tcpOf(out!.frame).options).toEqual([{ type: 'mss', value: 1400 }]);
  });

  it('gives each reset the number behind its cookie, of a joined connection too', () => {
    const path = new TwoWay([proxy()]);
    const cookie = tcpOf(path.all('forward', fromProber({ sequence: 10, flags: syn }))[0]!.frame).sequence;
    path.all('forward', fromProber({ sequence: 11, acknowledgment: (cookie + 1) >>> 0, flags: ack }));
    path.all('reverse', fromMachine({ sequence: 7000, acknowledgment: 11, flags: syn | ack }));
    const reset = tcpOf(path.one('reverse', fromMachine({ sequence: 7999, flags: rst })));
    expect(reset.sequence).toBe((cookie + 1) >>> 0);
  });

  it('opens the connection to the machine when its cookie comes back, and translates from then on', () => {
    const path = new TwoWay([proxy()]);
    const cookie = tcpOf(
      path.all('forward', fromProber({ sequence: 10, flags: syn, options }))[0]!.frame,
    ).sequence;
    const back = { sequence: 11, acknowledgment: (cookie + 1) >>> 0, flags: ack, window: 500 };
    const [opening] = path.all('forward', fromProber(back));
    expect(opening!.direction).toBe('forward');
    expect(tcpOf(opening!.frame)).toMatchObject({
      ...{ sequence: 10, flags: syn, window: 500 },
      options: [{ type: 'mss', value: 1460 }],
    });
    const joined = path.all(
      'reverse',
      fromMachine({ sequence: 7000, acknowledgment: 11, flags: syn | ack, window: 999 }),
    );
    const toward = (direction: Direction) => tcpOf(joined.find((one) => one.direction === direction)!.frame);
    expect(toward('forward')).toMatchObject({ sequence: 11, acknowledgment: 7001, flags: ack });
    expect(toward('reverse')).toMatchObject({
      sequence: (cookie + 1) >>> 0,
      acknowledgment: 11,
      flags: ack,
      window: 999,
    });
    const data = { sequence: 11, acknowledgment: (cookie + 1) >>> 0, flags: psh | ack, data: 4 };
    expect(tcpOf(path.one('forward', fromProber(data)))).toMatchObject({
      sequence: 11,
      acknowledgment: 7001,
    });
    const reply = fromMachine({ sequence: 7001, acknowledgment: 15, flags: ack });
    expect(tcpOf(path.one('reverse', reply))).toMatchObject({
      sequence: (cookie + 1) >>> 0,
      acknowledgment: 15,
    });
  });

  it('asks the machine for what a cookie keeps of the SYN, whatever passed since', () => {
    const path = new TwoWay([proxy({ timestamps: true })]);
    const asking = (copy: number, size: number) =>
      fromProber({
        copy,
        flags: syn,
        options: [
          { type: 'timestamps', value: 5, echo: 0 },
          { type: 'mss', value: size },
          { type: 'other', kind: 100, data: new Uint8Array(6) },
        ],
      });
    const answer = tcpOf(path.all('forward', asking(0, 1439))[0]!.frame);
    const clock = answer.options.find((option) => option.type === 'timestamps')!.value;
    // No window scale, no SACK.
    expect(clock & 0x3f).toBe(0x0f);
    for (let copy = 1; copy < 5; copy++) path.all('forward', asking(copy, 600));
    const back = { sequence: 1, acknowledgment: (answer.sequence + 1) >>> 0, flags: ack };
    const [opening] = path.all(
      'forward',
      fromProber({ ...back, options: [{ type: 'timestamps', value: 6, echo: clock }] }),
    );
    expect(tcpOf(opening!.frame).options).toEqual([
      ...[{ type: 'mss', value: 1300 }, { type: 'nop' }, { type: 'nop' }],
      { type: 'timestamps', value: 6, echo: clock },
    ]);
  });

  it('hands on the refusal of the machine', () => {
    const path = new TwoWay([proxy()]);
    const cookie = tcpOf(path.all('forward', fromProber({ sequence: 10, flags: syn }))[0]!.frame).sequence;
    path.all('forward', fromProber({ sequence: 11, acknowledgment: (cookie + 1) >>> 0, flags: ack }));
    const refused = tcpOf(path.one('reverse', fromMachine({ acknowledgment: 11, flags: rst | ack })));
    expect(refused).toMatchObject({ sequence: (cookie + 1) >>> 0, flags: rst | ack });
  });

  it('drops a wrong cookie, first segments that are no SYN, and wrong checksums', () => {
    const path = new TwoWay([proxy()]);
    path.all('forward', fromProber({ sequence: 10, flags: syn }));
    for (const fields of [
      { sequence: 11, acknowledgment: 5, flags: ack },
      { sequence: 11, flags: fin | psh | urg },
      { copy: 1, flags: syn | fin },
      { copy: 2, flags: syn, checksum: 1 },
    ])
      expect(path.all('forward', fromProber(fields))).toEqual([]);
  });

  it('stands aside for other ports and protocols', () => {
    const path = new TwoWay([proxy()]);
    const other = fromProber({ destinationPort: 80, flags: syn });
    expect(path.all('forward', other)).toEqual([{ direction: 'forward', frame: other }]);
    const unfragmented = fromProber({
      flags: syn,
      ipv4: { flags: ipv4Flag.moreFragments, fragmentOffset: 3 },
    });
    expect(path.all('forward', unfragmented)).toHaveLength(1);
  });
});
