import { expect, test } from 'vitest';
import { CapabilityError } from '../../src/errors.js';
import {
  arpRequest,
  decodeFrame,
  emitFrame,
  formatMac,
  parseIpv4Address,
  parseMac,
  udpFrame,
} from '../../src/packet/index.js';
import { macs } from '../../testbed/netem-appliance/index.js';
import { machineMac, packetOf, probeMac, turned } from '../netem/packets.js';
import { cross, withNetemAppliance } from '../support/netem-appliance.js';

const timeout = 180_000;
const tc = (...words: string[]): [string, ...string[]] => ['/usr/sbin/tc', ...words];

/** Frames that a bridge has no business with: odd, but nothing of them may change. */
function oddFrames(): Uint8Array[] {
  const wrongChecksum = packetOf(1);
  wrongChecksum[50]! ^= 0xff;
  const wrongHeaderChecksum = packetOf(2);
  wrongHeaderChecksum[24]! ^= 0xff;
  const reserved = packetOf(3);
  reserved[46]! |= 0x0f;
  const ends = { source: probeMac, destination: machineMac };
  const large = emitFrame(
    udpFrame({
      ethernet: ends,
      ipv4: { source: 0x0a000001, destination: 0xac1f0002 },
      udp: { sourcePort: 1, destinationPort: 2 },
      payload: new Uint8Array(1472).fill(7),
    }),
  );
  const arp = emitFrame(arpRequest({ mac: probeMac, address: 0xac1f0001 }, 0xac1f0002));
  const other = Uint8Array.from([...machineMac, ...probeMac, 0x88, 0xb5, ...new Array(46).fill(3)]);
  return [packetOf(0), wrongChecksum, wrongHeaderChecksum, reserved, large, arp, other];
}

const hex = (frames: readonly Uint8Array[]) => frames.map((frame) => Buffer.from(frame).toString('hex'));

test(
  'a netem appliance is a cable until it is told otherwise, and tells what its tools say',
  { timeout },
  () =>
    withNetemAppliance({ kind: 'bridge' }, async (box) => {
      expect(box.release).toMatch(/^6\.12\.\d+\+deb13-cloud-amd64$/);
      const frames = oddFrames();
      const there = await cross(box, 'forward', frames);
      expect(hex(there.forward)).toEqual(hex(frames));
      expect(there.reverse).toEqual([]);
      const many = Array.from({ length: 3000 }, (_, flow) => turned(packetOf(flow)));
      const back = await cross(box, 'reverse', many);
      expect(back.forward).toEqual([]);
      expect(hex(back.reverse)).toEqual(hex(many));

      await box.apply([{ argv: tc('qdisc', 'add', 'dev', 'eth1', 'root', 'netem', 'loss', '100%') }]);
      expect((await cross(box, 'forward', frames)).forward).toEqual([]);
      expect((await cross(box, 'reverse', many.slice(0, 3))).reverse).toHaveLength(3);
      await box.apply([{ argv: tc('qdisc', 'del', 'dev', 'eth1', 'root') }]);
      expect((await cross(box, 'forward', frames)).forward).toHaveLength(frames.length);

      const { exitCode, stdout, stderr } = await box.run(
        ['/bin/sh', '-c', 'cat; echo there >&2; exit 7'],
        'here\n',
      );
      expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 7, stdout: 'here\n', stderr: 'there\n' });
      expect(await box.run(['/bin/nothing'])).toMatchObject({ exitCode: 127, stderr: /No such file/ });
      const refused = box.apply([
        { argv: ['/usr/sbin/nft', '-f', '-'], stdin: 'table netdev t {\n  chain c { nonsense }\n}\n' },
        { argv: ['/bin/echo', 'not run'] },
      ]);
      await expect(refused).rejects.toThrow(CapabilityError);
      await expect(refused).rejects.toThrow(
        /nft -f -`, exit code 1:\n {2}\| .*:2:22-22: Error: syntax error/,
      );
    }),
);

test('a netem appliance that routes takes one from the TTL and knows whom to send to', { timeout }, () => {
  const side = (address: string, neighbour: string, mac: Uint8Array, routes: readonly string[] = []) => ({
    address,
    neighbour: { address: neighbour, mac: formatMac(mac) },
    routes,
  });
  const layout = {
    kind: 'router' as const,
    prober: side('172.29.0.1/24', '172.29.0.2', probeMac, ['10.0.0.0/8']),
    machine: side('172.31.0.1/16', '172.31.0.2', machineMac),
  };
  return withNetemAppliance(layout, async (box) => {
    const sent = packetOf(5);
    sent.set(parseMac(macs.prober), 0);
    const { forward, reverse } = await cross(box, 'forward', [sent]);
    expect(reverse).toEqual([]);
    const [out] = forward.map((frame) => decodeFrame(frame));
    expect(out?.ipv4).toMatchObject({
      ttl: 63,
      source: 0x0a000006,
      destination: parseIpv4Address('172.31.0.2'),
    });
    expect(formatMac(out!.ethernet!.destination)).toBe(formatMac(machineMac));
    expect(formatMac(out!.ethernet!.source)).toBe(macs.machine);
    const answer = turned(packetOf(5));
    answer.set(parseMac(macs.machine), 0);
    const back = (await cross(box, 'reverse', [answer])).reverse.map((frame) => decodeFrame(frame));
    expect(back[0]?.ipv4).toMatchObject({ ttl: 63, destination: 0x0a000006 });
    expect(formatMac(back[0]!.ethernet!.destination)).toBe(formatMac(probeMac));
  });
});
