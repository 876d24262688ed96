import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Decision, digestDecisions } from '../../src/netem/decision-log.js';
import type { Direction } from '../../src/netem/flow.js';
import { Path } from '../../src/netem/path.js';
import type { StageSpec } from '../../src/netem/stages.js';
import { emitFrame, icmpFrame } from '../../src/packet/index.js';
import { randomStream } from '../../src/random.js';
import { machineMac, packetOf, probeMac, timelessStages, turned } from './packets.js';

interface Setting {
  readonly stages: readonly StageSpec[];
  readonly seed?: number | string;
  readonly link?: string;
  readonly direction?: Direction;
}

/** Decisions about packets given as their flows in order of sending, `pauses` milliseconds before each. */
function decide(setting: Setting, flows: readonly number[], pauses: readonly number[] = []): Decision[] {
  const { stages, seed = 1, link = 'm1', direction = 'forward' } = setting;
  const spec = { forward: [], reverse: [], [direction]: stages };
  const path = new Path({ spec, seed, link, deliver: () => {} });
  for (const [index, flow] of flows.entries()) {
    vi.advanceTimersByTime(pauses[index] ?? 0);
    path.send(direction, direction === 'forward' ? packetOf(flow) : turned(packetOf(flow)));
  }
  vi.runAllTimers();
  return path.log.sorted();
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});

afterEach(() => {
  vi.useRealTimers();
});

const half: StageSpec[] = [{ kind: 'loss', probability: 0.5 }];
/** 40 flows of 5 packets each. */
const flows = Array.from({ length: 200 }, (_, index) => index % 40);

/** The identities of the packets that were dropped, whatever direction or stage dropped them. */
const dropped = (decisions: readonly Decision[]) =>
  decisions
    .filter(({ action }) => action === 'drop')
    .map((one) => `${one.proberAddress}:${one.proberPort} ${one.ordinal}.${one.copy}`);

describe('equal seeds', () => {
  const shuffled = fc.array(fc.tuple(fc.nat(4), fc.nat(), fc.nat(20)), { maxLength: 40 });

  it('decide alike, however packets of different flows interleave and whenever they come', () => {
    fc.assert(
      fc.property(shuffled, timelessStages, fc.nat(), (packets, stages, seed) => {
        const inOrder = packets.map(([flow]) => flow).sort();
        const mixed = [...packets].sort(([, a], [, b]) => a - b);
        const first = decide({ stages, seed }, inOrder);
        const second = decide(
          { stages, seed },
          mixed.map(([flow]) => flow),
          mixed.map(([, , pause]) => pause),
        );
        expect(second).toEqual(first);
        expect(digestDecisions(second)).toBe(digestDecisions(first));
      }),
    );
  });

  it('name the copies of copies alike, though jitter decides which comes first', () => {
    const stages: StageSpec[] = [
      { kind: 'duplicate', probability: 1 },
      { kind: 'delay', time: 0.002, jitter: 0.002 },
      { kind: 'duplicate', probability: 1 },
      { kind: 'loss', probability: 0.5 },
    ];
    const slowClock = decide({ stages }, flows);
    // A clock that moves with every look at it, as a busy machine's does.
    let now = performance.now();
    vi.spyOn(performance, 'now').mockImplementation(() => {
      now += 0.0015;
      return now;
    });
    const path = new Path({ spec: { forward: stages, reverse: [] }, seed: 1, link: 'm1', deliver: () => {} });
    for (const flow of flows) path.send('forward', packetOf(flow));
    while (path.held > 0) vi.advanceTimersByTime(1);
    vi.restoreAllMocks();
    expect(digestDecisions(path.log.sorted())).toBe(digestDecisions(slowClock));
  });

  it('decide what they decided when this was written, on every machine and version of Node', () => {
    const stages: StageSpec[] = [
      { kind: 'loss', probability: 0.2 },
      { kind: 'duplicate', probability: 0.3 },
      { kind: 'delay', time: 10, jitter: 5 },
      { kind: 'ttl', decrement: 3 },
    ];
    const decisions = decide({ stages, seed: 42, link: 'debian-6.12' }, flows);
    expect(dropped(decisions).length).toBe(30);
    expect(digestDecisions(decisions)).toBe(
      'f7d8b677e3ecf5a113591c776e20d20b4314658c3dc3082c663675eba49036d2',
    );
  });

  it('follow random processes alike, on every machine and version of Node', () => {
    const stages: StageSpec[] = [
      { kind: 'loss-gemodel', p: 0.1, r: 0.3, lossInBad: 0.8, lossInGood: 0.01 },
      { kind: 'loss-state', p13: 0.1, p31: 0.4, p32: 0.1, p23: 0.5, p14: 0.05 },
      { kind: 'corrupt', probability: 0.3, correlation: 0.3 },
      { kind: 'reorder', probability: 0.5, correlation: 0.2, gap: 3, delay: 1 },
      { kind: 'delay', time: 10, jitter: 5, correlation: 0.5, distribution: 'paretonormal' },
    ];
    const decisions = decide({ stages, seed: 42, link: 'debian-6.12' }, flows);
    expect(dropped(decisions).length).toBe(61);
    expect(digestDecisions(decisions)).toBe(
      'a1dd1ec508e3d2c66610b8d6a81dfe4e7b99bef05dd340f3a703d744677dd273',
    );
  });

  it('decide alike about probes that are sent in any order', () => {
    const stages: StageSpec[] = [
      { kind: 'loss', probability: 0.4, correlation: 0.6 },
      { kind: 'loss-gemodel', p: 0.05, r: 0.3, lossInBad: 1, lossInGood: 0 },
      { kind: 'delay', time: 10, jitter: 5, correlation: 0.5 },
    ];
    const order = Array.from({ length: 3000 }, (_, index) => index);
    const shuffled = randomStream(1, 'order').shuffle([...order]);
    expect(decide({ stages }, shuffled)).toEqual(decide({ stages }, order));
  });
});

describe('another', () => {
  const reference = () => dropped(decide({ stages: half }, flows));
  const share = (found: readonly string[]) => {
    const known = new Set(reference());
    return found.filter((packet) => known.has(packet)).length / found.length;
  };

  it.each<[string, Setting]>([
    ['seed', { stages: half, seed: 2 }],
    ['link name', { stages: half, link: 'm2' }],
    ['direction', { stages: half, direction: 'reverse' }],
    ['stage position', { stages: [{ kind: 'ttl', set: 64 }, ...half] }],
  ])('%s drops other packets', (_what, setting) => {
    const found = dropped(decide(setting, flows));
    expect(found.length).toBeGreaterThan(70);
    // Half of what one drops the other drops too: they know nothing of each other.
    expect(share(found)).toBeGreaterThan(0.3);
    expect(share(found)).toBeLessThan(0.7);
  });

  it('kind of stage at the same place draws other numbers', () => {
    const chosen = decide({ stages: [{ kind: 'reorder', probability: 0.5, delay: 1 }] }, flows)
      .filter(({ action }) => action === 'overtake')
      .map((one) => `${one.proberAddress}:${one.proberPort} ${one.ordinal}.${one.copy}`);
    expect(share(chosen)).toBeLessThan(0.7);
  });
});

describe('the identity of a packet', () => {
  it('has the ordinal in its flow, so that a retransmission has a fate of its own', () => {
    const once = decide({ stages: half }, Array(1000).fill(0));
    const ordinals = once.map(({ ordinal }) => ordinal);
    expect(new Set(ordinals).size).toBe(ordinals.length);
    expect(ordinals.length).toBeGreaterThan(400);
    expect(ordinals.length).toBeLessThan(600);
  });

  it('counts ordinals in each direction of its own', () => {
    const stages: StageSpec[] = [{ kind: 'ttl', set: 7 }];
    const path = new Path({
      spec: { forward: stages, reverse: stages },
      seed: 1,
      link: 'm1',
      deliver: () => {},
    });
    path.send('forward', packetOf(0));
    path.send('forward', packetOf(0));
    path.send('reverse', turned(packetOf(0)));
    expect(path.log.sorted().map(({ direction, ordinal }) => [direction, ordinal])).toEqual([
      ['forward', 0],
      ['forward', 1],
      ['reverse', 0],
    ]);
  });

  it('names the prober and the machine alike in both directions', () => {
    const stages: StageSpec[] = [{ kind: 'ttl', set: 7 }];
    const [there] = decide({ stages }, [3]);
    const [back] = decide({ stages, direction: 'reverse' }, [3]);
    const same = { proberAddress: 0x0a000004, proberPort: 40_000, machinePort: 80, protocol: 6 };
    expect(there).toMatchObject(same);
    expect(back).toMatchObject(same);
  });

  it('keeps flows of different protocols apart, without ports where there are none', () => {
    const path = new Path({
      spec: { forward: [{ kind: 'ttl', set: 7 }], reverse: [] },
      seed: 1,
      link: 'm1',
      deliver: () => {},
    });
    const ping = emitFrame(
      icmpFrame({
        ethernet: { source: probeMac, destination: machineMac },
        ipv4: { source: 0x0a000001, destination: 0xac1f0002 },
      }),
    );
    for (const frame of [packetOf(0), ping, packetOf(0), ping]) path.send('forward', frame);
    expect(path.log.sorted().map((one) => [one.protocol, one.proberPort, one.ordinal])).toEqual([
      [1, 0, 0],
      [1, 0, 1],
      [6, 40_000, 0],
      [6, 40_000, 1],
    ]);
  });
});

describe('digestDecisions', () => {
  const decision: Decision = {
    direction: 'forward',
    proberAddress: 1,
    proberPort: 2,
    machinePort: 3,
    protocol: 6,
    ordinal: 4,
    copy: 5,
    stage: 6,
    kind: 'delay',
    action: 'hold',
    value: 7,
  };

  it('changes with every part of a decision', () => {
    const others: Decision[] = Object.entries(decision).map(([name, value]) => ({
      ...decision,
      [name]: typeof value === 'number' ? value + 1 : `${value}x`,
    }));
    const digests = [decision, ...others].map((one) => digestDecisions([one]));
    expect(new Set(digests).size).toBe(digests.length);
    expect(digests[0]).toMatch(/^[0-9a-f]{64}$/);
  });

  it('changes when a decision is made twice or not at all', () => {
    const digests = [[], [decision], [decision, decision]].map(digestDecisions);
    expect(new Set(digests).size).toBe(3);
  });
});
