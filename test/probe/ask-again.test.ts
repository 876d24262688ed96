import { describe, expect, it } from 'vitest';
import { collectAll } from '../../src/probe/ask-again.js';
import { generateProbes } from '../../src/probe/generator.js';
import { probeFrame } from '../../src/probe/probe.js';
import { fakeWire, ports } from './fake-machine.js';

const frames = generateProbes({ seed: 1, count: 70, closedShare: 0.25 }).map((probe) =>
  probeFrame(probe, ports),
);
const copies = 3;
const total = frames.length * copies;

type Lossy = { readonly sentinel?: boolean; readonly answers?: (nth: number) => boolean };

/** Probes a machine that loses its first sentinel, and the answers that are named, and says what was answered. */
async function probe({ sentinel = false, answers = () => false }: Lossy, clear = true) {
  const { control, link, machine, prober } = fakeWire();
  let nth = 0;
  let sentinels = 0;
  machine.outbound = (answer, toProbe) => {
    const isLost = toProbe ? answers(nth++) : sentinel && sentinels++ === 0;
    if (!isLost) machine.send(answer);
  };
  const answered = new Set<number>();
  const answeredCopy = (probe: number, copy: number) => answered.has(probe * copies + copy);
  const done = await collectAll({
    ...{ prober, link, control, frames, copies, reset: false, window: 64, timeoutMs: 100 },
    closedPort: ports.closed,
    ...(clear && { answered: answeredCopy }),
    onResponse: (probe, copy) => {
      const isFirst = !answeredCopy(probe, copy);
      answered.add(probe * copies + copy);
      return isFirst;
    },
  });
  return { done, answered };
}

/** A few answers in the middle, before a sentinel that comes through. */
const some = (nth: number) => nth >= 30 && nth < 37;

describe('a machine that loses packets of itself', () => {
  it('is asked again for copies of probes that it answers', async () => {
    const everything = await probe({});
    const { done, answered } = await probe({ sentinel: true, answers: some });
    expect(done).toMatchObject({
      sent: total,
      received: everything.done.received,
      repeated: 0,
      unmatched: 0,
    });
    expect(done.resent).toBeGreaterThanOrEqual(7);
    expect([...answered].sort()).toEqual([...everything.answered].sort());
  });

  it('is believed after a while', async () => {
    const everything = await probe({});
    const never = (nth: number) => nth >= 30 && nth % 5 === 0;
    const { done } = await probe({ sentinel: true, answers: never });
    expect(done).toMatchObject({ sent: total, unmatched: 0 });
    expect(done.resent).toBeGreaterThan(0);
    expect(done.received).toBeLessThanOrEqual(everything.done.received);
  });

  it('is believed at once where every sentinel came through, or the path may have lost the answers', async () => {
    const everything = await probe({});
    const kept = await probe({ answers: some });
    expect(kept.done).toMatchObject({ resent: 0, received: everything.done.received - 7 });
    const lossy = await probe({ sentinel: true, answers: some }, false);
    expect(lossy.done).toMatchObject({ resent: 0, received: everything.done.received - 7 });
  });
});
