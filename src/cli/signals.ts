import { exitCode, InterruptedError } from '../errors.js';

/**
 * A signal that aborts on the first Ctrl-C or SIGTERM, so that the run can clean up and keep what it has; a
 * second one ends the process at once and leaves the cleaning to the lease's reaper.
 */
export function interruptSignal(): { readonly signal: AbortSignal; readonly dispose: () => void } {
  const controller = new AbortController();
  const onSignal = () => {
    if (controller.signal.aborted) process.exit(exitCode.interrupted);
    process.stderr.write('\nstopping: machines are ended, what was measured is kept (again: at once)\n');
    controller.abort(new InterruptedError('interrupted'));
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return {
    signal: controller.signal,
    dispose: () => {
      process.off('SIGINT', onSignal);
      process.off('SIGTERM', onSignal);
    },
  };
}
