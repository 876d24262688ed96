import fc from 'fast-check';
import type { StageSpec } from '../../src/netem/stages.js';
import type { Timetable } from '../../src/netem/timetable.js';
import {
  emitFrame,
  ipv4HeaderLength,
  readUint16,
  readUint32,
  tcpFrame,
  writeUint16,
  writeUint32,
} from '../../src/packet/index.js';
import { damaging, harmless, timely } from './impairment-specs.js';

/** Frames and stage lists for the tests of the simulated network. */

export const probeMac = Uint8Array.of(2, 0, 0, 0, 0, 1);
export const machineMac = Uint8Array.of(2, 0, 0, 0, 0, 2);

const template = emitFrame(
  tcpFrame({
    ethernet: { source: probeMac, destination: machineMac },
    ipv4: { source: 0, destination: 0xac1f0002 },
    tcp: { sourcePort: 40_000, destinationPort: 80, sequence: 0 },
  }),
);

/** A forward SYN of flow `flow`, told apart from others of its flow by its sequence number. */
export function packetOf(flow: number, sequence = 0): Uint8Array {
  return emitFrame(
    tcpFrame({
      ethernet: { source: probeMac, destination: machineMac },
      ipv4: { source: 0x0a000001 + flow, destination: 0xac1f0002 },
      tcp: { sourcePort: 40_000, destinationPort: 80, sequence },
    }),
  );
}

/** The frame turned round: addresses and ports as in an answer. */
export function turned(frame: Uint8Array): Uint8Array {
  const answer = frame.slice();
  writeUint32(answer, 26, readUint32(frame, 30));
  writeUint32(answer, 30, readUint32(frame, 26));
  writeUint16(answer, 34, readUint16(frame, 36));
  writeUint16(answer, 36, readUint16(frame, 34));
  return answer;
}

/** Many frames of one flow each, cheaply: checksums are left as they are. */
export function* manyFlows(count: number): Generator<Uint8Array> {
  const frame = template.slice();
  for (let flow = 0; flow < count; flow++) {
    writeUint32(frame, 26, 0x0a000001 + flow);
    yield frame;
  }
}

export function sequenceOf(frame: Uint8Array): number {
  return readUint32(frame, 14 + ipv4HeaderLength(frame, 14) + 4);
}

export function flowNumberOf(frame: Uint8Array): number {
  return readUint32(frame, 26) - 0x0a000001;
}

const hops = fc.integer({ min: 1, max: 255 });

const when: fc.Arbitrary<Timetable | undefined> = fc.option(
  fc.tuple(fc.nat(9), fc.nat(9)).map(([first, more]) => ({
    probes: [0x0a000001 + first, 0x0a000001 + first + more] as const,
  })),
  { nil: undefined, freq: 2 },
);

const timed = (spec: fc.Arbitrary<StageSpec>): fc.Arbitrary<StageSpec> =>
  fc.tuple(spec, when).map(([stage, times]) => ({ ...stage, when: times }));

const ttlSpec: fc.Arbitrary<StageSpec> = fc.oneof(
  fc.record({ kind: fc.constant('ttl' as const), set: hops }),
  fc.record({ kind: fc.constant('ttl' as const), decrement: hops }),
);

// Few, since each duplicate may double what follows.
const several = (...specs: fc.Arbitrary<StageSpec>[]) =>
  fc.array(timed(fc.oneof(...specs)), { maxLength: 5 });

/** Stages in any order that change nothing but the TTL and decide alike whenever packets come. */
export const harmlessStages: fc.Arbitrary<StageSpec[]> = several(harmless, ttlSpec);

/** Stages in any order that decide alike whenever packets come. */
export const timelessStages: fc.Arbitrary<StageSpec[]> = several(harmless, damaging, ttlSpec);

/** Any impairments in any order, and TTL rewrites between them. */
export const anyStages: fc.Arbitrary<StageSpec[]> = several(harmless, damaging, timely, ttlSpec);
