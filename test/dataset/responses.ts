import fc from 'fast-check';
import { emitFrame, type TcpOption, tcpFlag, tcpFrame, writeUint16 } from '../../src/packet/index.js';
import { addressing } from '../../src/probe/addressing.js';
import { generateProbes } from '../../src/probe/generator.js';
import { type Probe, probeFrame } from '../../src/probe/probe.js';
import { readdress } from '../../src/probe/send-copy.js';

const ports = { open: 22, closed: 81 };
export const probes = generateProbes({ seed: 7, count: 40, closedShare: 0.5 });
/** The probes as their first copies carried them. */
export const frames = probes.map((probe) => probeFrame(probe, ports));
export const copies = 3;
export interface Response {
  readonly probe: number;
  readonly copy: number;
  readonly frame: Uint8Array;
  readonly ms: number;
}

/** Ways in which a stack may lay out its timestamps; the last is none that a receiver should understand. */
const layouts: readonly ((stamp: TcpOption) => readonly TcpOption[])[] = [
  (stamp) => [{ type: 'nop' }, { type: 'nop' }, stamp],
  (stamp) => [stamp, { type: 'nop' }, { type: 'nop' }],
  (stamp) => [{ type: 'nop' }, stamp, { type: 'nop' }],
  (stamp) => [stamp, stamp],
  (stamp) => [{ type: 'mss', value: 1460 }, { type: 'windowScale', shift: 7 }, stamp, { type: 'eol' }],
];

/** What a machine that copies much of the probe would answer. */
export function answer(probe: Probe, index: number, sequence: number, layout = 0): Uint8Array {
  const stamp = probe.options.find((option) => option.type === 'timestamps');
  return emitFrame(
    tcpFrame({
      ethernet: { source: addressing.machineMac, destination: addressing.proberMac },
      ipv4: {
        ...{ tos: probe.tos & 0xfc, identification: probe.identification, ttl: 64 },
        ...{ source: addressing.machine, destination: addressing.copies + index },
      },
      tcp: {
        ...{ sourcePort: ports[probe.target], destinationPort: probe.sourcePort, flags: tcpFlag.ack },
        ...{ sequence, acknowledgment: (probe.sequence + 1) >>> 0, window: probe.window },
        options: stamp ? layouts[layout]!({ type: 'timestamps', value: sequence, echo: stamp.value }) : [],
      },
    }),
  );
}

/** An ICMP error of a router two hops away that quotes the probe. */
export function unreachable(probe: number, index: number): Uint8Array {
  const quoted = frames[probe]!.slice();
  readdress(quoted, index);
  const frame = new Uint8Array(42 + quoted.length - 14);
  frame.set(quoted.subarray(0, 34));
  writeUint16(frame, 16, frame.length - 14);
  frame[23] = 1;
  frame.set([3, 13], 34);
  frame.set(quoted.subarray(14), 42);
  frame[50]! -= 2;
  return frame;
}

export const indexOf = (probe: number, copy: number) => copy * frames.length + probe;
const place = { probe: fc.nat(frames.length - 1), copy: fc.nat(copies - 1) };
const us = fc.nat(4_000_000_000).map((value) => value / 1000);

/** Responses of many kinds to some of the probes, each damaged or not. */
export function someResponses(maxLength: number) {
  const garbage = fc.uint8Array({ minLength: 1, maxLength: 200 });
  const response = fc
    .record({
      ...place,
      ms: us,
      kind: fc.constantFrom('garbage', 'answer', 'icmp', 'damaged', 'cut', 'padded'),
      sequence: fc.integer({ min: 0, max: 0xffff_ffff }),
      bytes: garbage,
      at: fc.nat(120),
      layout: fc.nat(layouts.length - 1),
    })
    .map(({ probe, copy, ms, kind, sequence, bytes, at, layout }): Response => {
      const index = indexOf(probe, copy);
      const whole =
        kind === 'icmp' ? unreachable(probe, index) : answer(probes[probe]!, index, sequence, layout);
      if (kind === 'damaged') whole.set([bytes[0]!], at % whole.length);
      const padded = Uint8Array.of(...whole, ...bytes);
      const frame = { garbage: bytes, cut: whole.slice(0, 1 + (at % whole.length)), padded }[kind as 'cut'];
      return { probe, copy, ms, frame: frame ?? whole };
    });
  return fc.array(response, { minLength: 1, maxLength });
}
