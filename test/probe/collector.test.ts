import { describe, expect, it, vi } from 'vitest';
import { InterruptedError } from '../../src/errors.js';
import type { PathSpec } from '../../src/netem/path.js';
import { parsePredicate } from '../../src/netem/predicate/parse.js';
import type { StageSpec } from '../../src/netem/stages.js';
import { decodeFrame, emitFrame, tcpFrame, udpFrame } from '../../src/packet/index.js';
import { addressing, isControlAddress } from '../../src/probe/addressing.js';
import { type CollectOptions, SilentMachine } from '../../src/probe/collection.js';
import { collect } from '../../src/probe/collector.js';
import { generateProbes } from '../../src/probe/generator.js';
import { probeFrame } from '../../src/probe/probe.js';
import { sendOrder } from '../../src/probe/send-order.js';
import { fakeWire, ports } from './fake-machine.js';

const frames = generateProbes({ seed: 1, count: 70, closedShare: 0.25 }).map((probe) =>
  probeFrame(probe, ports),
);
const copies = 3;
const total = frames.length * copies;

type Rig = ReturnType<typeof fakeWire>;

/** Collects and keeps what the collector reports. */
function start(rig: Rig, options: Partial<CollectOptions> = {}) {
  const answered = new Map<string, Uint8Array>();
  const progress: number[] = [];
  const done = collect({
    prober: rig.prober,
    link: rig.link,
    control: rig.control,
    frames,
    copies,
    closedPort: ports.closed,
    reset: false,
    window: 128,
    timeoutMs: 2000,
    onResponse: (probe, copy, frame, receivedMs) => {
      expect(receivedMs).toBeGreaterThanOrEqual(0);
      const key = `${probe}.${copy}`;
      if (answered.has(key)) return false;
      answered.set(key, frame.slice());
      return true;
    },
    onProgress: (count) => progress.push(count),
    ...options,
  });
  return { done, answered, progress };
}

const countOf = ({ link }: Rig, direction: string, action: string) =>
  link.path.log.sorted().filter((one) => one.direction === direction && one.action === action).length;

describe('collect', () => {
  it('matches every answer to its probe and copy', async () => {
    const rig = fakeWire();
    const { done, answered, progress } = start(rig);
    expect(await done).toMatchObject({
      sent: total,
      received: rig.machine.answers,
      repeated: 0,
      unmatched: 0,
      late: 0,
    });
    expect(answered.size).toBe(rig.machine.answers);
    // RST probes are met with silence.
    expect(answered.size).toBeGreaterThan(total / 3);
    expect(answered.size).toBeLessThan((total * 2) / 3);
    for (const [key, frame] of answered) {
      const [probe, copy] = key.split('.').map(Number) as [number, number];
      const { tcp, ipv4 } = decodeFrame(frame);
      const sent = decodeFrame(frames[probe]!).tcp!;
      expect(ipv4!.destination).toBe(addressing.copies + copy * frames.length + probe);
      expect(tcp!.acknowledgment).toBe((sent.sequence + 1) >>> 0);
    }
    expect(progress.at(-1)).toBe(total);
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
  });

  it('sends the copies round by round, each from an address of its own', async () => {
    const rig = fakeWire();
    await start(rig).done;
    expect(rig.machine.probes).toEqual(
      Array.from({ length: total }, (_, index) => addressing.copies + index),
    );
  });

  it('sends the copies in the order that it is given, and knows each answer by its address', async () => {
    const order = sendOrder({
      ...{ probes: frames.length, copies, order: 'shuffled', spread: 'rounds' },
      ...{ seed: 1, machine: 'fake' },
    });
    const rig = fakeWire();
    const listed = start(fakeWire());
    await listed.done;
    const { done, answered } = start(rig, { order });
    expect(await done).toMatchObject({ sent: total, unmatched: 0, late: 0 });
    expect(rig.machine.probes).toEqual([...order.sequence].map((index) => addressing.copies + index));
    expect([...answered.keys()].sort()).toEqual([...listed.answered.keys()].sort());
  });

  it('sends a part of an order, and the rest another time', async () => {
    const rig = fakeWire();
    const parts = [
      { from: 0, to: 75 },
      { from: 75, to: total },
    ];
    const counts = [];
    for (const part of parts) counts.push(await start(rig, { part }).done);
    expect(counts.map(({ sent, unmatched }) => [sent, unmatched])).toEqual([
      [75, 0],
      [total - 75, 0],
    ]);
    expect(rig.machine.probes).toEqual(
      Array.from({ length: total }, (_, index) => addressing.copies + index),
    );
    expect(counts[0]!.received + counts[1]!.received).toBe(rig.machine.answers);
  });

  it('is done at once with nothing to send', async () => {
    expect(await start(fakeWire(), { frames: [] }).done).toMatchObject({ sent: 0, received: 0 });
  });

  it.each([1, 20, 32, 64, 100, 128, 200])(
    'keeps at most %d probes waiting in the machine',
    async (window) => {
      const rig = fakeWire();
      expect(await start(rig, { window }).done).toMatchObject({ sent: total, unmatched: 0 });
      expect(rig.machine.mostWaiting).toBeLessThanOrEqual(window);
      expect(rig.machine.mostWaiting).toBeGreaterThan(window / 2 - 10);
      expect(rig.machine.probes).toHaveLength(total);
    },
  );

  it('resets the half-open connections only when asked to', async () => {
    const polite = fakeWire();
    await start(polite, { reset: true }).done;
    const rude = fakeWire();
    await start(rude, { reset: false }).done;
    const opened = frames.filter((frame) => {
      const { tcp } = decodeFrame(frame);
      return tcp!.destinationPort === ports.open && (tcp!.flags & 0b110) === 0b010;
    });
    await vi.waitFor(() => expect(polite.machine.resets - rude.machine.resets).toBe(opened.length * copies));
  });
});

describe('collect over an impaired path', () => {
  const impaired: PathSpec = {
    forward: [
      { kind: 'loss', probability: 0.1 },
      { kind: 'duplicate', probability: 0.2 },
      { kind: 'delay', time: 6, jitter: 5 },
    ],
    reverse: [
      { kind: 'reorder', probability: 0.3, delay: 8 },
      { kind: 'loss', probability: 0.15 },
      { kind: 'duplicate', probability: 0.1 },
    ],
  };

  it('accounts for every packet: lost, doubled or received', async () => {
    const rig = fakeWire(impaired);
    const { done, answered } = start(rig);
    const { sent, received, repeated, unmatched, late } = await done;
    expect(rig.machine.probes.length).toBe(
      sent - countOf(rig, 'forward', 'drop') + countOf(rig, 'forward', 'duplicate'),
    );
    expect(received + repeated).toBe(
      rig.machine.answers - countOf(rig, 'reverse', 'drop') + countOf(rig, 'reverse', 'duplicate'),
    );
    expect(rig.link.path.dropped).toBe(countOf(rig, 'forward', 'drop') + countOf(rig, 'reverse', 'drop'));
    expect(rig.link.path.held).toBe(0);
    expect(answered.size).toBe(received);
    expect(repeated).toBeGreaterThan(0);
    expect([unmatched, late]).toEqual([0, 0]);
  });

  it.each(['forward', 'reverse'] as const)(
    'waits for the slowest packet of every batch, %s',
    async (direction) => {
      const slow: StageSpec[] = [{ kind: 'delay', time: 4, jitter: 4 }];
      const rig = fakeWire({ forward: [], reverse: [], [direction]: slow });
      const { done } = start(rig, { window: 3, copies: 1 });
      expect(await done).toMatchObject({ late: 0, received: rig.machine.answers });
      expect(rig.machine.mostWaiting).toBeLessThanOrEqual(3);
    },
  );

  it('receives what was sent less what the path lost', async () => {
    const everything = await start(fakeWire()).done;
    const rig = fakeWire({ forward: [], reverse: [{ kind: 'loss', probability: 0.3 }] });
    const { received, repeated } = await start(rig).done;
    expect(received).toBe(everything.received - rig.link.path.dropped);
    expect(rig.link.path.dropped).toBeGreaterThan(10);
    expect(repeated).toBe(0);
  });

  it('answers the same copies whenever it is run with the same seed, and others with another', async () => {
    const answeredWith = async (seed: number) => {
      const rig = fakeWire(impaired, seed);
      const { done, answered } = start(rig);
      await done;
      return [...answered.keys()].sort();
    };
    const first = await answeredWith(1);
    expect(await answeredWith(1)).toEqual(first);
    expect(await answeredWith(2)).not.toEqual(first);
  });

  it('loses exactly the probes that a stage is there for', async () => {
    const everything = start(fakeWire());
    await everything.done;
    const gone: StageSpec = { kind: 'loss', probability: 1, when: { probes: [75, 140] } };
    const some = start(fakeWire({ forward: [], reverse: [gone] }));
    await some.done;
    const left = [...everything.answered.keys()].filter((key) => {
      const [probe, copy] = key.split('.').map(Number) as [number, number];
      const place = copy * frames.length + probe;
      return place < 75 || place > 140;
    });
    expect([...some.answered.keys()].sort()).toEqual(left.sort());
    expect(left.length).toBeLessThan(everything.answered.size);
  });

  it('lets a stage go by the order of sending, and a predicate by the number of the probe', async () => {
    const order = sendOrder({
      ...{ probes: frames.length, copies, order: 'shuffled', spread: 'rounds' },
      ...{ seed: 1, machine: 'fake' },
    });
    const first: StageSpec = { kind: 'loss', probability: 1, when: { probes: [0, 19] } };
    const sent = fakeWire({ forward: [first], reverse: [] });
    await start(sent, { order }).done;
    const addresses = [...order.sequence].map((index) => addressing.copies + index);
    expect(sent.machine.probes).toEqual(addresses.slice(20));
    const named: StageSpec = { kind: 'fault', match: parsePredicate('probe < 20'), action: 'drop' };
    const numbered = fakeWire({ forward: [named], reverse: [] });
    await start(numbered, { order }).done;
    expect(numbered.machine.probes).toEqual(addresses.filter((address) => address >= addressing.copies + 20));
  });

  it('hears every answer through a translator of addresses, which delays them', async () => {
    const everything = await start(fakeWire()).done;
    const rig = fakeWire({
      forward: [],
      reverse: [{ kind: 'delay', time: 6, jitter: 5 }],
      both: [{ kind: 'nat', address: addressing.survey + 1, ports: 'preserve', idle: 1000 }],
    });
    const { received, unmatched, late } = await start(rig).done;
    expect(received).toBe(everything.received);
    expect([unmatched, late]).toEqual([0, 0]);
    expect(new Set(rig.machine.probes)).toEqual(new Set([addressing.survey + 1]));
  });

  it('ends though nothing gets through, either way', async () => {
    const lost: StageSpec[] = [{ kind: 'loss', probability: 1 }];
    for (const path of [
      { forward: lost, reverse: [] },
      { forward: [], reverse: lost },
    ])
      expect(await start(fakeWire(path)).done).toMatchObject({ sent: total, received: 0, unmatched: 0 });
  });
});

describe('a machine', () => {
  it.each(['ping', 'arp'] as const)(
    'that answers no TCP is silent, proved by sentinels of %s',
    async (sentinel) => {
      const rig = fakeWire();
      rig.machine.hasTcp = false;
      const { done, answered } = start(rig, { sentinel, window: 64 });
      expect(await done).toMatchObject({ sent: total, received: 0, unmatched: 0, late: 0 });
      expect(answered.size).toBe(0);
      expect(rig.machine.probes).toHaveLength(total);
      expect(rig.machine.sentinels).toBe(Math.ceil(total / 64));
    },
  );

  it.each(['ping', 'arp'] as const)(
    'that answers TCP is heard whole with sentinels of %s',
    async (sentinel) => {
      const everything = await start(fakeWire()).done;
      const rig = fakeWire();
      expect(await start(rig, { sentinel }).done).toMatchObject({ received: everything.received, late: 0 });
    },
  );

  it('that answers none of its sentinels is a SilentMachine, whatever else it answers', async () => {
    const rig = fakeWire();
    rig.machine.hasTcp = false;
    const failure = await start(rig, { timeoutMs: 40 }).done.catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(SilentMachine);
  });

  it('that falls silent is a SilentMachine', async () => {
    const rig = fakeWire();
    let answers = 0;
    rig.machine.outbound = (frame) => {
      if (++answers <= 60) rig.machine.send(frame);
    };
    const failure = await start(rig, { timeoutMs: 60 }).done.catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(SilentMachine);
    expect((failure as SilentMachine).done).toBe(64);
    expect(rig.prober.onFrame).toBeUndefined();
  });

  it('that is deaf for a while is sent again what it has not answered', async () => {
    const everything = await start(fakeWire()).done;
    const deaf = (withAnswers: boolean) => {
      const rig = fakeWire();
      let seen = 0;
      rig.machine.outbound = (answer) => {
        const isDeaf = ++seen > 20 && rig.machine.sentinels < 2;
        if (!isDeaf) rig.machine.send(answer);
      };
      const answered = new Set<number>();
      const own = start(rig, {
        ...{ window: 64, timeoutMs: 100 },
        onResponse: (probe, copy) => {
          const isFirst = !answered.has(probe * copies + copy);
          answered.add(probe * copies + copy);
          return isFirst;
        },
        ...(withAnswers && { answered: (probe, copy) => answered.has(probe * copies + copy) }),
      });
      return own.done;
    };
    const lost = await deaf(false);
    expect(lost.received).toBeLessThan(everything.received);
    expect(lost.resent).toBe(0);
    const whole = await deaf(true);
    expect(whole).toMatchObject({ sent: total, received: everything.received, repeated: 0, unmatched: 0 });
    expect(whole.resent).toBeGreaterThan(0);
  });

  it('that misses a sentinel or three is asked again', async () => {
    const rig = fakeWire();
    let missed = 0;
    rig.machine.outbound = (frame, toProbe) => {
      if (toProbe || ++missed > 3) rig.machine.send(frame);
    };
    expect(await start(rig, { timeoutMs: 150, window: 64 }).done).toMatchObject({ sent: total, late: 0 });
    expect(rig.machine.sentinels).toBeGreaterThanOrEqual(Math.ceil(total / 64) + 3);
  });

  it('that answers after its batch was closed is late, and still heard', async () => {
    const rig = fakeWire();
    const kept: Uint8Array[] = [];
    let seen = 0;
    rig.machine.outbound = (frame, toProbe) => {
      if (toProbe && kept.length < 5) kept.push(frame);
      else rig.machine.send(frame);
      if (!toProbe && ++seen === 3) for (const late of kept) rig.machine.send(late);
    };
    const { done, answered } = start(rig, { window: 64 });
    const { late, received } = await done;
    expect(late).toBe(5);
    expect(received).toBe(rig.machine.answers);
    expect(answered.size).toBe(received);
  });

  it('that says what nobody asked is counted, and believed nowhere', async () => {
    const rig = fakeWire();
    const ethernet = { source: addressing.machineMac, destination: addressing.proberMac };
    const to = (destination: number) => ({ ethernet, ipv4: { source: addressing.machine, destination } });
    const [first] = frames.map((frame) => decodeFrame(frame).tcp!);
    const { sourcePort, destinationPort } = first!;
    const stray = [
      // The ports of no probe, the ports not turned round, another protocol, an address out of the plan, and
      // one of a copy that was not sent yet.
      tcpFrame({ ...to(addressing.copies), tcp: { sourcePort: destinationPort, destinationPort: 1 } }),
      tcpFrame({ ...to(addressing.copies), tcp: { sourcePort, destinationPort } }),
      udpFrame({
        ...to(addressing.copies),
        udp: { sourcePort: destinationPort, destinationPort: sourcePort },
      }),
      tcpFrame({
        ...to(addressing.copies - 1),
        tcp: { sourcePort: destinationPort, destinationPort: sourcePort },
      }),
      tcpFrame({
        ...to(addressing.copies + total - frames.length),
        tcp: { sourcePort: destinationPort, destinationPort: sourcePort },
      }),
    ];
    let done = false;
    rig.machine.outbound = (frame) => {
      if (!done) for (const one of stray) rig.machine.port.send(emitFrame(one));
      done = true;
      rig.machine.send(frame);
    };
    const collection = start(rig, { window: 64 });
    expect(await collection.done).toMatchObject({
      unmatched: stray.length,
      received: rig.machine.answers,
      repeated: 0,
    });
    expect(collection.answered.size).toBe(rig.machine.answers);
  });

  it('that is taken off the wire while packets wait in the path does not hang the collector', async () => {
    const rig = fakeWire({ forward: [{ kind: 'delay', time: 60_000, jitter: 0 }], reverse: [] });
    const { done } = start(rig, { timeoutMs: 20 });
    const failed = expect(done).rejects.toThrow(SilentMachine);
    await rig.wire.close();
    await failed;
  });
});

describe('an interruption', () => {
  const expectDetached = ({ prober, control, link }: Rig) =>
    expect([prober.onFrame, control.onSentinel, link.path.observer]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);

  it('ends the collection with what was asked of it, and lets go of everything', async () => {
    const rig = fakeWire();
    const controller = new AbortController();
    const { done, answered } = start(rig, {
      signal: controller.signal,
      window: 64,
      onProgress: () => controller.abort(),
    });
    await expect(done).rejects.toThrow(InterruptedError);
    expectDetached(rig);
    expect(answered.size).toBeGreaterThan(0);
    expect(answered.size).toBeLessThan(100);
  });

  it('that came before sends nothing', async () => {
    const rig = fakeWire();
    await expect(start(rig, { signal: AbortSignal.abort() }).done).rejects.toThrow(InterruptedError);
    expectDetached(rig);
    expect(rig.machine.probes).toEqual([]);
  });

  it('is not needed to let go', async () => {
    const rig = fakeWire();
    await start(rig).done;
    expectDetached(rig);
  });
});

it('refuses more copies than there are addresses', async () => {
  await expect(start(fakeWire(), { copies: 300_000 }).done).rejects.toThrow(RangeError);
});

it('keeps the testbed to itself: the prober sees no control packet', async () => {
  const rig = fakeWire();
  const seen: number[] = [];
  const { done } = start(rig, { reset: true });
  const collector = rig.prober.onFrame;
  rig.prober.onFrame = (frame) => {
    seen.push(decodeFrame(frame).ipv4!.destination);
    collector?.(frame);
  };
  await done;
  expect(seen).toHaveLength(rig.machine.answers);
  expect(seen.filter(isControlAddress)).toEqual([]);
});
