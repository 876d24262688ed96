import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { InterruptedError } from '../../../../src/errors.js';
import { StreamPort } from '../../../../src/netem/stream-port.js';
import type { Lease } from '../../../lease/lease.js';
import { type Limits, MachineFailure, type MachineSpec, type NetworkIdentity } from '../../../machine.js';
import { type Accelerator, monitorDescriptor, qemuArguments } from '../arguments.js';
import { type QemuProcess, startQemu } from '../process.js';
import { Qmp } from '../qmp.js';

export interface SaveOptions {
  readonly lease: Lease;
  readonly accelerator: Accelerator;
  readonly program: string;
  readonly spec: MachineSpec;
  readonly network: NetworkIdentity;
  readonly limits: Limits;
}

/** QEMU leaves memory out of what it saves, because a file has it already. */
export const capabilities = ['events', 'x-ignore-shared'].map((capability) => ({ capability, state: true }));

/** What the kernel puts off until after its boot is then done once, and not by every copy. */
const settleMs = 500;
let saved = 0;

const waiting = /^STACKBED WAITING\b/;
const failed = /^(?:STACKBED FAILED|.*Kernel panic - not syncing)/;

/** Resolves when the guest waits for orders; rejects when it cannot come to that. */
function untilWaiting({ console, exited }: QemuProcess, { timeoutMs, signal }: Limits): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (error?: Error) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', interrupted);
      queueMicrotask(() => stop());
      if (error) reject(error);
      else resolve();
    };
    const interrupted = () => settle(new InterruptedError('the boot was interrupted'));
    const late = `not ready for a snapshot after ${(timeoutMs / 1000).toFixed(0)} s`;
    const timer = setTimeout(() => settle(new Error(late)), timeoutMs);
    signal?.addEventListener('abort', interrupted, { once: true });
    void exited.then((how) => settle(new Error(`${how} before it was ready for a snapshot`)));
    const stop = console.onLine((line) => {
      if (waiting.test(line)) settle();
      else if (failed.test(line)) settle(new Error(line.trim()));
    });
  });
}

/** Takes what one connection to a socket brings. */
async function listenOnce(path: string): Promise<{ whole: Promise<Buffer>; close: () => void }> {
  const server = createServer();
  server.listen(path);
  await once(server, 'listening');
  const whole = once(server, 'connection').then(([connection]) => buffer(connection as Socket));
  // Whoever waits for it hears of a failure; nobody may.
  whole.catch(() => {});
  return { whole, close: () => server.close() };
}

/** Stops the guest and gives everything of it but its memory. */
async function save({ child }: QemuProcess, socketPath: string): Promise<Buffer> {
  const qmp = new Qmp(child.stdio[monitorDescriptor] as Duplex);
  const { whole, close } = await listenOnce(socketPath);
  try {
    await qmp.execute('qmp_capabilities');
    await qmp.execute('migrate-set-capabilities', { capabilities });
    await qmp.execute('stop');
    const over = qmp.event('MIGRATION', ({ status }) => status === 'completed' || status === 'failed');
    await qmp.execute('migrate', { uri: `unix:${socketPath}` });
    const { status } = await over;
    if (status !== 'completed') throw new Error('QEMU could not save the state of the guest');
    return await whole;
  } finally {
    close();
  }
}

/**
 * Boots a guest without network, settings or listener until it waits for orders, and saves it: nothing of TCP
 * has been used yet, so its secrets are still to be drawn. Its memory becomes the file `memory`; the rest is
 * returned. Throws MachineFailure or InterruptedError.
 */
export async function saveSnapshot(options: SaveOptions, memory: string): Promise<Buffer> {
  const { lease, accelerator, program, spec, network, limits } = options;
  const socketPath = join(lease.folder, `s${saved++}.sock`);
  const port = await StreamPort.listen(spec.id, socketPath);
  const snapshot = { memory, purpose: 'save' } as const;
  const args = qemuArguments({ spec, network, accelerator, socketPath, snapshot });
  const qemu = await startQemu(lease, program, args, ['pipe']);
  try {
    await untilWaiting(qemu, limits);
    await sleep(settleMs);
    return await save(qemu, `${socketPath}.state`);
  } catch (error) {
    if (error instanceof InterruptedError) throw error;
    throw new MachineFailure(spec.id, (error as Error).message, qemu.console.tail(20));
  } finally {
    await qemu.stop();
    await port.close();
    await rm(socketPath, { force: true });
  }
}
