import { expect, it } from 'vitest';
import { VirtualClock } from '../../src/netem/clock.js';
import { Path } from '../../src/netem/path.js';
import { flowNumberOf, packetOf } from './packets.js';

it('lets a path wait to the microsecond without waiting', () => {
  const clock = new VirtualClock();
  const out: [flow: number, at: number][] = [];
  const path = new Path({
    spec: {
      forward: [
        { kind: 'delay', time: 86_400_000, jitter: 0 },
        { kind: 'rate', rate: 54_000 },
      ],
      reverse: [],
    },
    ...{ seed: 1, link: 'm1', clock },
    deliver: (_direction, frame) => out.push([flowNumberOf(frame), clock.now()]),
  });
  path.send('forward', packetOf(1));
  clock.advance(2.5);
  path.send('forward', packetOf(2));
  expect(path.held).toBe(2);
  clock.advance();
  // A frame of 54 bytes takes 8 ms: the second waits for the first.
  expect(out).toEqual([
    [1, 86_400_008],
    [2, 86_400_016],
  ]);
});

it('calls what is due in order, and not what was stopped', () => {
  const clock = new VirtualClock();
  const called: string[] = [];
  clock.after(5, () => called.push(`late at ${clock.now()}`));
  const stopped = clock.after(3, () => called.push('stopped'));
  clock.after(2, () => {
    called.push(`early at ${clock.now()}`);
    clock.after(1, () => called.push(`later at ${clock.now()}`));
  });
  clock.cancel(stopped);
  clock.advance(4);
  expect([called, clock.now()]).toEqual([['early at 2', 'later at 3'], 4]);
  clock.advance();
  expect(called.at(-1)).toBe('late at 5');
});
