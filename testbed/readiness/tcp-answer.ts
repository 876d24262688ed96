import { setTimeout } from 'node:timers/promises';
import { formatTcpFlags, tcpFlag } from '../../src/packet/tcp-flags.js';
import type { Readiness } from './readiness.js';

const roundMs = 200;
const synAck = tcpFlag.syn | tcpFlag.ack;

/** Waits until the machine answers ARP, and a SYN to `open` with a SYN-ACK; a patient one bears other answers till then. */
export function tcpAnswers(open: number, { patient = false } = {}): Readiness {
  return {
    waitsFor: `ARP and port ${open} to answer`,
    wait: async ({ control, signal }) => {
      while (!(await control.answersArp(roundMs))) signal.throwIfAborted();
      for (;;) {
        signal.throwIfAborted();
        const flags = await control.answerToSyn(open, roundMs);
        if (flags === undefined) continue;
        if ((flags & synAck) === synAck) return;
        if (patient) {
          await setTimeout(roundMs);
          continue;
        }
        throw new Error(
          `port ${open} should have a listener, but answered a SYN with ${formatTcpFlags(flags)}`,
        );
      }
    },
  };
}
