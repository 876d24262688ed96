import { VirtualClock } from '../../src/netem/clock.js';
import { Path } from '../../src/netem/path.js';
import type { Answers } from '../../src/netem/rewrite/personality/tcp-side.js';
import type { Expressions } from '../../src/nmap/database.js';
import type { Fingerprint } from '../../src/nmap/fingerprint.js';
import { observe } from '../../src/nmap/observe.js';
import { personalityOf } from '../../src/nmap/personality.js';
import { nmapProbes, type ProbeName } from '../../src/nmap/probes.js';
import type { Exchange } from '../../src/nmap/scan.js';
import { decodeFrame, emitFrame, type Frame } from '../../src/packet/frame.js';
import { randomStream } from '../../src/random.js';

export const ports = { open: 22, closed: 81, closedUdp: 40_125 };

export interface Behind {
  readonly print: Expressions;
  /** What the machine itself answers. */
  readonly machine: (frame: Frame) => Frame | undefined;
  readonly seed?: number;
  readonly answers?: Answers;
}

/** What nmap's sixteen probes, sent at their times, find of a machine behind a personality. */
export function scanBehind({ print, machine, seed = 1, answers = 'rewritten' }: Behind): Fingerprint {
  const clock = new VirtualClock();
  let answered: Frame[] = [];
  const path: Path = new Path({
    spec: {
      ...{ forward: [], reverse: [] },
      both: [
        {
          ...{ kind: 'personality', name: 'another', answers, open: [ports.open] },
          drawn: (draw) => personalityOf(print, draw),
        },
      ],
    },
    ...{ seed, clock, link: 'm1' },
    deliver: (direction, frame) => {
      if (direction === 'reverse') answered.push(decodeFrame(frame.slice()));
      else {
        const answer = machine(decodeFrame(frame.slice()));
        if (answer) path.send('reverse', emitFrame(answer));
      }
    },
  });
  const exchanges = new Map<ProbeName, Exchange>();
  for (const probe of nmapProbes(ports, randomStream(seed, 'probes'))) {
    clock.advance(clock.now() + (probe.name.startsWith('SEQ') ? 100 : 25));
    answered = [];
    path.send('forward', probe.bytes);
    exchanges.set(probe.name, { probe, sentMs: clock.now(), answer: answered.find(probe.answers) });
  }
  return observe(exchanges).fingerprint;
}
