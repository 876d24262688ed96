import type { Exchange, Machine } from '../machine.js';
import type { Readiness } from './readiness.js';

/** What a machine prints is searched in the last part of it only: a pattern is for a prompt or a line. */
const searched = 64 * 1024;

/**
 * Says to a machine on its console what it must be told, each step when the console has printed what it waits
 * for, behind what the step before found.
 */
export function dialogueHeld(steps: readonly Exchange[]): Readiness {
  let at = 0;
  return {
    get waitsFor() {
      return `the console to say ${steps[Math.min(at, steps.length - 1)]?.expect}`;
    },
    wait: ({ machine, signal }) =>
      new Promise((resolve, reject) => {
        let unread = '';
        const settle = (end: () => void) => {
          queueMicrotask(() => stop());
          signal.removeEventListener('abort', aborted);
          end();
        };
        const aborted = () => settle(() => reject(signal.reason));
        if (signal.aborted) aborted();
        else signal.addEventListener('abort', aborted, { once: true });
        const stop = machine.console.onText((text) => {
          unread = (unread + text).slice(-searched);
          while (at < steps.length) {
            const found = steps[at]!.expect.exec(unread);
            if (!found) return;
            unread = unread.slice(found.index + found[0].length);
            type(machine, steps[at]!.send);
            at++;
          }
          settle(resolve);
        });
      }),
  };
}

function type(machine: Machine, text: string): void {
  if (text !== '') machine.type?.(text);
}
