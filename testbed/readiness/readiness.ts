import type { Control } from '../../src/probe/control.js';
import type { Machine } from '../machine.js';

export interface ReadinessContext {
  readonly machine: Machine;
  readonly control: Control;
  /** Aborts when the machine's time is up, its process ended, or the run was interrupted. */
  readonly signal: AbortSignal;
}

/** One way to tell that a machine can be used: resolves when it can, rejects with the signal's reason. */
export interface Readiness {
  /** What is waited for, for messages: `the console to say READY`. */
  readonly waitsFor: string;
  wait(context: ReadinessContext): Promise<void>;
}
