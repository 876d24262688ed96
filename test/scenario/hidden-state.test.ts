import { describe, expect, it } from 'vitest';
import { RawResponses } from '../../src/dataset/raw.js';
import { addressing } from '../../src/probe/addressing.js';
import { collect } from '../../src/probe/collector.js';
import { generateProbes } from '../../src/probe/generator.js';
import { probeFrame } from '../../src/probe/probe.js';
import { sendOrder } from '../../src/probe/send-order.js';
import { readProbe } from '../../src/scenario/explain/reading.js';
import { fakeWire, ports } from '../probe/fake-machine.js';

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
