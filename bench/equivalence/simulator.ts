import { VirtualClock } from '../../src/netem/clock.js';
import { Path } from '../../src/netem/path.js';
import type { Condition } from './conditions.js';
import { type Observation, observe } from './observation.js';
import { framesOf, origin } from './traffic.js';

/** Sends a condition's packets through the simulated path, whose time is virtual: waits are exact. */
export function throughSimulator({ spec, traffic }: Condition, seed: number): Observation {
  const clock = new VirtualClock();
  const sent = framesOf(traffic, seed);
  const out: { at: number; frame: Uint8Array }[] = [];
  const path = new Path({
    ...{ spec: { forward: [spec], reverse: [] }, seed, link: 'equivalence', origin, clock },
    deliver: (_direction, frame) => out.push({ at: clock.now(), frame: new Uint8Array(frame) }),
  });
  const entered = sent.map((frame, position) => {
    clock.advance(traffic.perMs === undefined ? 0 : position / traffic.perMs);
    path.send('forward', frame);
    return clock.now();
  });
  clock.advance();
  return observe(sent, entered, out);
}
