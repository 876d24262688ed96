import type { Control } from '../../src/probe/control.js';
import type { Readiness } from './readiness.js';

const roundMs = 200;

const until = (waitsFor: string, ask: (control: Control) => Promise<boolean>): Readiness => ({
  waitsFor,
  wait: async ({ control, signal }) => {
    while (!(await ask(control))) signal.throwIfAborted();
  },
});

/** Waits until the machine answers ARP. */
export const arpAnswers = until('ARP to answer', (control) => control.answersArp(roundMs));

/** Waits until the machine answers an ICMP echo. */
export const pingAnswers = until('an ICMP echo to be answered', (control) => control.answersPing(roundMs));
