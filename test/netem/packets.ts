import fc from 'fast-check';
import type { StageSpec } from '../../src/netem/stages.js';
import {
  emitFrame,
  ipv4HeaderLength,
  readUint16,
  readUint32,
  tcpFrame,
  writeUint16,
  writeUint32,
} from '../../src/packet/index.js';

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

const probability = fc.oneof(fc.constantFrom(0, 1), fc.double({ min: 0, max: 1, noNaN: true }));
const ms = fc.oneof(fc.constant(0), fc.double({ min: 0, max: 50, noNaN: true }));
const hops = fc.integer({ min: 1, max: 255 });

export const stageSpec: fc.Arbitrary<StageSpec> = fc.oneof(
  fc.record({ kind: fc.constant('loss' as const), probability }),
  fc.record({ kind: fc.constant('duplicate' as const), probability }),
  fc.record({ kind: fc.constant('delay' as const), time: ms, jitter: ms }),
  fc.record({ kind: fc.constant('reorder' as const), probability, delay: ms }),
  fc.record({ kind: fc.constant('ttl' as const), set: hops }),
  fc.record({ kind: fc.constant('ttl' as const), decrement: hops }),
);

/** Any stages in any order; few, since each duplicate may double what follows. */
export const stageSpecs: fc.Arbitrary<StageSpec[]> = fc.array(stageSpec, { maxLength: 5 });
