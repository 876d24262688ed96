import { describe, expect, it } from 'vitest';
import { decodeFrame, tcpFlag } from '../../src/packet/index.js';
import { addressing } from '../../src/probe/addressing.js';
import { collect } from '../../src/probe/collector.js';
import { generateProbes } from '../../src/probe/generator.js';
import { probeFrame } from '../../src/probe/probe.js';
import { middleboxes } from '../../src/scenario/middleboxes.js';
import { pathSpec } from '../../src/scenario/path-spec.js';
import { parseScenario } from '../../src/scenario/read.js';
import { fakeWire, ports } from '../probe/fake-machine.js';

const probes = generateProbes({ seed: 1, count: 70, closedShare: 0.25 });
const frames = probes.map((probe) => probeFrame(probe, ports));
const copies = 3;

/** Probes a machine of this process through a path, and keeps the answers by probe and copy. */
async function probe(path: string) {
  const { scenario } = parseScenario(`machines: [{image: any}]\npath: {${path}}\n`, 'a.yaml');
  const rig = fakeWire(pathSpec(scenario));
  const answers = new Map<string, Uint8Array>();
  const collection = await collect({
    ...{ prober: rig.prober, link: rig.link, control: rig.control, frames, copies },
    ...{ closedPort: ports.closed, reset: true, window: 128, timeoutMs: 2000 },
    onResponse: (number, copy, frame) => {
      const key = `${number}.${copy}`;
      if (answers.has(key)) return false;
      answers.set(key, frame.slice());
      return true;
    },
  });
  return { rig, collection, answers };
}

const direct = await probe('');

/** The probes whose first copy was answered. */
const answeredProbes = (answers: ReadonlyMap<string, Uint8Array>) =>
  probes.filter((_, number) => answers.has(`${number}.0`));

describe('probing', () => {
  it.each(['home-router-nat', 'isp-cgnat', 'home-router-nat, isp-cgnat'])(
    'through %s brings every answer back to its copy',
    async (boxes) => {
      const { rig, collection, answers } = await probe(`boxes: [${boxes}]`);
      expect(collection).toMatchObject({
        sent: frames.length * copies,
        received: direct.collection.received,
        repeated: 0,
        unmatched: 0,
        late: 0,
      });
      expect(new Set(rig.machine.probes).size).toBe(1);
      expect(rig.machine.probes[0]).toBeGreaterThan(addressing.copies + 16_000_000);
      for (const [key, frame] of answers) {
        const [number, copy] = key.split('.').map(Number) as [number, number];
        const { ipv4, tcp } = decodeFrame(frame);
        expect(ipv4!.destination).toBe(addressing.copies + copy * frames.length + number);
        expect(tcp!.acknowledgment).toBe((probes[number]!.sequence + 1) >>> 0);
      }
    },
  );

  it('waits for what the path holds on either side of a translator', async () => {
    const slow = 'forward: [{delay: {time: 5ms, jitter: 4ms}}], reverse: [{delay: {time: 5ms, jitter: 4ms}}]';
    const { collection } = await probe(`${slow}, boxes: [home-router-nat]`);
    expect(collection).toMatchObject({ received: direct.collection.received, unmatched: 0, late: 0 });
  });

  it('through firewalls hears only of what opens connections, or may belong to one', async () => {
    const openers = { 'firewall-conntrack': ['S', 'A'], 'firewall-strict': ['S'] };
    for (const [box, kinds] of Object.entries(openers)) {
      const { collection, answers } = await probe(`boxes: [${box}]`);
      const found = new Set(
        answeredProbes(answers).map(({ flags }) => {
          const main = flags & (tcpFlag.syn | tcpFlag.ack | tcpFlag.fin | tcpFlag.rst);
          return { [tcpFlag.syn]: 'S', [tcpFlag.ack]: 'A' }[main] ?? 'other';
        }),
      );
      expect([...found].sort().reverse()).toEqual(kinds);
      expect(collection.received).toBeLessThan(direct.collection.received / 2);
      expect(collection.unmatched).toBe(0);
    }
  });

  it('through a SYN proxy sees the proxy, and the machine sees nothing of the SYNs', async () => {
    const { rig, answers } = await probe('boxes: [syn-cookie-front]');
    const plain = probes.filter(({ flags }) => (flags & 0x17) === tcpFlag.syn);
    expect(answeredProbes(answers)).toEqual(plain);
    expect(plain.length).toBeGreaterThan(0);
    expect(rig.machine.probes).toEqual([]);
    for (const frame of answers.values())
      expect(decodeFrame(frame)).toMatchObject({ ipv4: { ttl: 255 }, tcp: { window: 65_535 } });
  });

  it.each([...middleboxes.keys()])('through %s leaves nothing unaccounted for', async (box) => {
    const { rig, collection } = await probe(`boxes: [${box}]`);
    expect(collection.sent).toBe(frames.length * copies);
    expect([collection.unmatched, collection.late, rig.link.path.held]).toEqual([0, 0, 0]);
    expect(rig.control.unasked).toBe(0);
  });

  it('decides the same again through every middlebox', async () => {
    const names = [...middleboxes.keys()].filter((name) => name !== 'syn-cookie-front');
    const decisions = async () => {
      const { rig, answers } = await probe(`boxes: [${names.join(', ')}]`);
      return [rig.link.path.log.sorted(), [...answers.keys()].sort()];
    };
    const first = await decisions();
    expect((first[0] as unknown[]).length).toBeGreaterThan(1000);
    expect(await decisions()).toEqual(first);
  });
});
