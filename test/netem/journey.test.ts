import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Direction } from '../../src/netem/flow.js';
import { DecisionIndex, followExchange } from '../../src/netem/journey/exchange.js';
import { family, type Journey } from '../../src/netem/journey/journey.js';
import { buildLanes, type PathSpec } from '../../src/netem/lane.js';
import { Path } from '../../src/netem/path.js';
import type { StageSpec } from '../../src/netem/stages.js';
import { readUint32, tcpFlag } from '../../src/packet/index.js';
import { turned } from './packets.js';
import { anyPair, anyRewrite } from './rewrite-specs.js';
import { copyAddress, fromProber } from './two-way.js';

interface Sent {
  readonly frame: Uint8Array;
  readonly out: Record<Direction, Uint8Array[]>;
  /** The first that came back to the probe's own address. */
  response: Uint8Array | undefined;
}

/** Sends a probe from each address, and answers all that reaches the machine as often as is said. */
function exchange(spec: PathSpec, flags: readonly number[], answers: number) {
  const sent: Sent[] = [];
  const path = new Path({
    spec,
    seed: 1,
    link: 'm1',
    origin: copyAddress(0),
    deliver: (direction, frame) => {
      const current = sent.at(-1)!;
      const kept = frame.slice();
      current.out[direction].push(kept);
      if (direction === 'reverse' && readUint32(kept, 30) === readUint32(current.frame, 26))
        current.response ??= kept;
    },
  });
  for (const [copy, each] of flags.entries()) {
    const frame = fromProber({
      copy,
      flags: each,
      sequence: copy,
      ipv4: { ttl: 200 },
      options: [
        { type: 'mss', value: 1460 },
        { type: 'timestamps', value: 7, echo: 0 },
      ],
    });
    const current: Sent = { frame, out: { forward: [], reverse: [] }, response: undefined };
    sent.push(current);
    path.send('forward', frame);
    for (const arrived of [...current.out.forward])
      for (let n = 0; n < answers; n++) path.send('reverse', turned(arrived));
  }
  return { sent, log: path.log.sorted(), lanes: buildLanes(spec, 1, 'm1') };
}

const delivered = (journeys: readonly Journey[], direction: Direction) =>
  journeys.flatMap(family).filter((one) => one.direction === direction && one.end === 'delivered');
const texts = (frames: readonly (Uint8Array | undefined)[]) =>
  frames.map((frame) => Buffer.from(frame!).toString('hex')).sort();

const meddling: fc.Arbitrary<StageSpec> = fc.oneof(
  anyRewrite,
  fc.record({ kind: fc.constant('loss' as const), probability: fc.constantFrom(0.1, 0.4) }),
  fc.record({ kind: fc.constant('duplicate' as const), probability: fc.constantFrom(0.2, 0.7) }),
);
const list = fc.array(meddling, { maxLength: 3 });
const paths: fc.Arbitrary<PathSpec> = fc.record({
  forward: list,
  reverse: list,
  both: fc.array(anyPair, { maxLength: 2 }),
});
const flags = fc.array(fc.constantFrom(tcpFlag.syn, tcpFlag.ack, tcpFlag.rst, 0), {
  minLength: 1,
  maxLength: 4,
});

describe('the journeys that are read from a decision log', () => {
  it('end in the packets that left the path', () => {
    let responses = 0;
    fc.assert(
      fc.property(paths, flags, fc.constantFrom(0, 1, 2), (spec, given, answers) => {
        const { sent, log, lanes } = exchange(spec, given, answers);
        const index = new DecisionIndex(log);
        for (const { frame, out, response } of sent) {
          const followed = followExchange(lanes, index, frame, response);
          expect(texts(delivered([followed.probe], 'forward').map(({ left }) => left))).toEqual(
            texts(out.forward.slice(0, delivered([followed.probe], 'forward').length)),
          );
          expect(followed.response?.left).toEqual(response);
          if (response) responses++;
          if (answers === 0) expect(followed.answers).toEqual([]);
          for (const { left } of delivered(followed.answers, 'reverse'))
            if (left) expect(texts(out.reverse)).toContain(texts([left])[0]);
        }
      }),
      { numRuns: 300 },
    );
    expect(responses).toBeGreaterThan(50);
  });
});
