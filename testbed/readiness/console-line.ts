import type { Readiness } from './readiness.js';

/** What a guest of ours prints when it listens, and when it cannot. */
const ready = /^STACKBED READY\b/;
const failed = /^(?:STACKBED FAILED|.*Kernel panic - not syncing)(.*)/;

/** Waits for the guest's own word on the console; fails at once on its word of failure or a kernel panic. */
export const consoleReady: Readiness = {
  waitsFor: 'the console to say READY',
  wait: ({ machine, signal }) =>
    new Promise((resolve, reject) => {
      const aborted = () => settle(() => reject(signal.reason));
      // Lines that were printed before are heard at once.
      const stop = machine.console.onLine((line) => {
        if (ready.test(line)) settle(resolve);
        else if (failed.test(line)) settle(() => reject(new Error(line.trim())));
      });
      function settle(end: () => void): void {
        queueMicrotask(() => stop());
        signal.removeEventListener('abort', aborted);
        end();
      }
      if (signal.aborted) aborted();
      else signal.addEventListener('abort', aborted, { once: true });
    }),
};
