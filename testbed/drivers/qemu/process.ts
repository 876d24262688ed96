import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Console } from '../../console.js';
import type { Lease } from '../../lease/lease.js';
import { findProgram } from '../../program.js';

/** A QEMU process of a lease. */
export interface QemuProcess {
  readonly child: ChildProcess;
  /** Its serial port, and what QEMU itself has to say. */
  readonly console: Console;
  /** `performance.now()` at its start. */
  readonly startedAt: number;
  /** Resolves with a sentence when it is gone, for whatever reason. */
  readonly exited: Promise<string>;
  /** Types on the serial port. */
  type(text: string): void;
  stop(): Promise<void>;
}

/**
 * Starts QEMU under a lease, its first serial port on standard input and output.
 *
 * @param more what it finds as file descriptors 3 and up: descriptors of ours, or `pipe` for a socket pair
 */
export async function startQemu(
  lease: Lease,
  program: string,
  args: readonly string[],
  more: readonly (number | 'pipe')[] = [],
): Promise<QemuProcess> {
  // Should both the run and its reaper be killed at once, the kernel itself ends the guest.
  const setpriv = await findProgram('setpriv');
  const [command, before] = setpriv ? [setpriv, ['--pdeathsig', 'KILL', program]] : [program, []];
  const stdio: StdioOptions = ['pipe', 'pipe', 'pipe', ...more];
  const startedAt = performance.now();
  const child = spawn(command, [...before, ...args], {
    // Snapshots of disks lie where the lease's end removes them.
    env: { ...lease.environment(), TMPDIR: lease.folder },
    cwd: lease.folder,
    stdio,
    // Ctrl-C on a terminal goes to its whole process group: guests are ended by the run, not beside it.
    detached: true,
  });
  const output = new Console();
  child.stdout!.on('data', (chunk: Buffer) => output.write(chunk));
  child.stderr!.on('data', (chunk: Buffer) => output.write(chunk));
  child.stdin!.on('error', () => {});
  const exited = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(`qemu could not be started: ${error.message}`));
    child.once('close', (code, signal) =>
      resolve(signal ? `qemu was ended by ${signal}` : `qemu exited with status ${code}`),
    );
  });
  return {
    child,
    console: output,
    startedAt,
    exited,
    type: (text) => void child.stdin!.write(text),
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
      const gone = once(child, 'close');
      child.kill('SIGKILL');
      await gone;
    },
  };
}
