import { describe, expect, it } from 'vitest';
import { RawResponses } from '../../src/dataset/raw.js';
import { localPortPair } from '../../src/netem/local-port.js';
import { addressing } from '../../src/probe/addressing.js';
import { collect } from '../../src/probe/collector.js';
import { generateProbes } from '../../src/probe/generator.js';
import { probeFrame } from '../../src/probe/probe.js';
import { sendOrder } from '../../src/probe/send-order.js';
import { readProbe } from '../../src/scenario/explain/reading.js';
import { probeMachine } from '../../src/scenario/probe-machine.js';
import { type Machine, MachineFailure } from '../../testbed/machine.js';
import { FakeMachine, fakeWire, ports } from '../probe/fake-machine.js';

const probes = generateProbes({ seed: 1, count: 60, closedShare: 0.25 });
const frames = probes.map((probe) => probeFrame(probe, ports));
const copies = 4;
const ttl = 22;

/** Probes of which all copies were answered, and those with copies that differ in their TTL. */
async function probed(order: 'listed' | 'shuffled', isForgetful: boolean) {
  const rig = fakeWire();
  const numberOf = (address: number) => (address - addressing.copies) % frames.length;
  rig.machine.outbound = (answer, toProbe) => {
    const before = rig.machine.probes.at(-2);
    // What the machine keeps of a packet, and shows with the next one.
    if (toProbe && !isForgetful && before !== undefined)
      answer[ttl] = probes[numberOf(before)]!.target === 'open' ? 64 : 255;
    rig.machine.send(answer);
  };
  const raw = new RawResponses(frames.length, copies);
  await collect({
    ...{ prober: rig.prober, link: rig.link, control: rig.control, frames, copies },
    ...{ closedPort: ports.closed, reset: false, window: 64, timeoutMs: 2000 },
    order: sendOrder({ probes: frames.length, copies, order, spread: 'rounds', seed: 1, machine: 'fake' }),
    onResponse: (probe, copy, frame, receivedMs) => raw.add(probe, copy, frame, receivedMs),
  });
  const readings = frames.map((_, probe) => readProbe('fake', raw, probe));
  const whole = readings.filter(({ kind }) => kind === 'response');
  const differ = whole.filter(({ nondeterministic }) =>
    nondeterministic.some(({ field }) => field === 'ip.ttl'),
  );
  return { whole: whole.length, differ: differ.length };
}

/** Answers with a TTL of its own to the first `bearable` probes, and with another from then on. */
function wearOut(machine: FakeMachine, bearable: number): void {
  machine.outbound = (answer, toProbe) => {
    if (toProbe) answer[ttl] = machine.probes.length <= bearable ? 64 : 255;
    machine.send(answer);
  };
}

/** A machine that bears 50 probes, on a wire on which fresh ones take its place. */
function wearingOut() {
  const rig = fakeWire();
  wearOut(rig.machine, 50);
  const machines = [rig.machine];
  const exited = new Promise<string>(() => {});
  const booted = {
    ...{ machine: { exited } as Machine, wire: rig.wire, link: rig.link, prober: rig.prober },
    ...{ control: rig.control, bootMs: 0, [Symbol.asyncDispose]: () => rig.wire.close() },
    renew: async () => {
      const [inside, outside] = localPortPair('machine');
      const machine = new FakeMachine(outside);
      wearOut(machine, 50);
      machines.push(machine);
      rig.link.plug(inside);
    },
  };
  return { booted, machines };
}

describe('a machine that answers otherwise once it has seen fifty probes', () => {
  async function differing(group: number | undefined) {
    const { booted, machines } = wearingOut();
    const raw = new RawResponses(frames.length, copies);
    const times: number[] = [];
    const { restores, ...counts } = await probeMachine(booted, {
      ...{ id: 'fake', frames, copies, closedPort: ports.closed, reset: false, window: 64, timeoutMs: 2000 },
      ...{ group },
      onResponse: (probe, copy, frame, receivedMs) => {
        times.push(receivedMs);
        return raw.add(probe, copy, frame, receivedMs);
      },
    });
    const readings = frames.map((_, probe) => readProbe('fake', raw, probe));
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(counts.durationMs).toBeGreaterThanOrEqual(times.at(-1)!);
    expect(counts).toMatchObject({ sent: frames.length * copies, unmatched: 0, late: 0 });
    expect(machines.flatMap((machine) => machine.probes)).toHaveLength(frames.length * copies);
    return {
      restores,
      taken: machines.map((machine) => machine.probes.length),
      differ: readings.filter(({ nondeterministic }) => nondeterministic.length > 0).length,
    };
  }

  it('looks nondeterministic when its state is kept, and not when it is fresh in time', async () => {
    const kept = await differing(undefined);
    expect(kept).toMatchObject({ restores: 0, taken: [240] });
    expect(kept.differ).toBeGreaterThan(20);
    expect(await differing(50)).toEqual({ restores: 4, taken: [50, 50, 50, 50, 40], differ: 0 });
  });

  it('fails as a machine does when no fresh one comes up', async () => {
    const { booted } = wearingOut();
    const renew = () => Promise.reject(new MachineFailure('fake', 'not ready', []));
    const failed = probeMachine(
      { ...booted, renew },
      {
        ...{ id: 'fake', frames, copies, closedPort: ports.closed, reset: false, window: 64 },
        ...{ timeoutMs: 2000, group: 64, onResponse: () => true },
      },
    );
    await expect(failed).rejects.toThrow('not ready');
    expect(booted.prober.onFrame).toBeUndefined();
  });
});

describe('a machine that answers a probe by the one before it', () => {
  it('looks deterministic in the order of the list, and is found out by a shuffled one', async () => {
    const listed = await probed('listed', false);
    expect(listed.whole).toBeGreaterThan(20);
    // The first of the list comes after nothing, and then after the last.
    expect(listed.differ).toBeLessThanOrEqual(1);
    const shuffled = await probed('shuffled', false);
    expect(shuffled.whole).toBe(listed.whole);
    expect(shuffled.differ).toBeGreaterThan(shuffled.whole / 2);
  });

  it('is not taken for one that does not', async () => {
    expect(await probed('shuffled', true)).toMatchObject({ differ: 0 });
  });
});
