import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { captureInterfaces, PathCapture } from '../../../src/netem/capture/path-capture.js';
import { capturePoint, pointNames } from '../../../src/netem/capture/points.js';
import { Path, type PathSpec } from '../../../src/netem/path.js';
import { type CapturedPacket, readPcapng } from '../../../src/packet/index.js';
import { PcapngFile } from '../../../src/packet/pcapng-file.js';
import { turned } from '../packets.js';
import { copyAddress, fromProber } from '../two-way.js';

const spec: PathSpec = {
  forward: [
    { kind: 'loss', probability: 0.5 },
    { kind: 'ttl', decrement: 1 },
  ],
  reverse: [{ kind: 'ttl', decrement: 3 }],
  boxes: [{ name: 'router', forward: [{ kind: 'tos', set: 8 }], reverse: [{ kind: 'ttl', decrement: 1 }] }],
};
const names = pointNames(spec);

/** Sends probes through the path and answers each that arrives; returns what was captured. */
function capture(take: (packet: CapturedPacket) => void): Path {
  const points = names.map((name) => capturePoint(spec, name)!);
  const path: Path = new Path({
    ...{ spec, seed: 1, link: 'm1', origin: copyAddress(0) },
    deliver: (direction, frame) => {
      if (direction === 'forward') path.send('reverse', turned(frame));
    },
  });
  path.watch = new PathCapture(points, (packet) => take({ ...packet, bytes: packet.bytes.slice() }));
  for (let copy = 0; copy < 20; copy++) path.send('forward', fromProber({ copy, ipv4: { ttl: 64, tos: 0 } }));
  path.watch = undefined;
  path.send('forward', fromProber({ copy: 20 }));
  return path;
}

describe('points of a path', () => {
  it('are its ends, the sides of its boxes, what is behind each stage, and what is lost', () => {
    expect(names.join(', ')).toBe(
      'prober, machine, drops, before router, after router, forward 1, forward 2, forward 3, reverse 1, reverse 2',
    );
    for (const name of ['', 'after', 'after home', 'forward 0', 'forward 4', 'reverse 3', 'forward 1.5'])
      expect(capturePoint(spec, name)).toBeUndefined();
  });

  it('see each packet that passes them, as it is there, with what stages did to it', () => {
    const seen: CapturedPacket[] = [];
    const path = capture((packet) => seen.push(packet));
    const at = (name: string) => seen.filter(({ interfaceId }) => names[interfaceId] === name);
    // Of the last probe nothing was to be captured, whatever became of it.
    const lost = path.log
      .sorted()
      .filter(({ action, proberAddress }) => action === 'drop' && proberAddress !== copyAddress(20)).length;
    const passed = 20 - lost;
    expect(lost).toBeGreaterThan(2);
    const counts = Object.fromEntries(names.map((name) => [name, at(name).length]));
    expect(counts).toEqual({
      ...{ prober: 20 + passed, machine: 2 * passed, drops: lost, 'before router': 2 * passed },
      ...{ 'after router': 2 * passed, 'forward 1': passed, 'forward 2': passed, 'forward 3': passed },
      ...{ 'reverse 1': passed, 'reverse 2': passed },
    });
    const tellings = (name: string) =>
      new Set(at(name).map(({ bytes, comment }) => `${bytes[22]} ${bytes[15]} ${comment ?? '-'}`));
    expect(tellings('drops')).toEqual(new Set(['64 0 loss 50%: dropped']));
    expect(tellings('before router')).toEqual(
      new Set(['63 0 ttl decrement 1: ip.ttl 64 → 63', '62 8 router: ttl decrement 1: ip.ttl 63 → 62']),
    );
    expect(tellings('machine')).toEqual(
      new Set(['63 8 ttl decrement 1: ip.ttl 64 → 63\nrouter: tos set 8: ip.tos 0 → 8', '63 8 -']),
    );
  });
});

describe('a capture file', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'capture-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const open = () =>
    new PcapngFile(
      join(folder, '.tmp'),
      join(folder, 'm1.pcapng'),
      captureInterfaces(names.map((name) => capturePoint(spec, name)!)),
      {
        application: 'Stackbed',
      },
    );

  it('has its name once it is whole, an interface a point, and all packets in the order of time', () => {
    using file = open();
    const seen: CapturedPacket[] = [];
    capture((packet) => {
      seen.push(packet);
      file.write(packet);
    });
    expect(readdirSync(folder)).toEqual(['.tmp']);
    file.keep();
    expect(readdirSync(folder)).toEqual(['m1.pcapng']);
    const read = [...readPcapng(readFileSync(join(folder, 'm1.pcapng')))];
    expect(read.map((one) => [one.interface.name, one.timestamp, one.comment])).toEqual(
      seen.map((one) => [names[one.interfaceId], one.timestamp, one.comment]),
    );
    const times = read.map(({ timestamp }) => timestamp);
    expect(times).toEqual([...times].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)));
    expect(Math.abs(Number(times[0]! / 1_000_000n) - Date.now())).toBeLessThan(3_600_000);
  });

  it('is gone when it is not kept', () => {
    {
      using file = open();
      capture((packet) => file.write(packet));
    }
    expect(readdirSync(folder)).toEqual([]);
  });

  it('says that it cannot be made', () => {
    expect(() => new PcapngFile(join(folder, 'no', 'x'), join(folder, 'y'), [], {})).toThrow(
      /cannot write the capture .*ENOENT/,
    );
  });
});
