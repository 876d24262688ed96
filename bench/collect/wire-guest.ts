import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import type { StreamPort } from '../../src/netem/stream-port.js';
import { collect } from '../../src/probe/collector.js';
import type { BootedMachine } from '../../testbed/boot.js';
import { nicWindow } from '../../testbed/nic.js';
import type { Outcome } from './outcome.js';
import { ports, rst, synTo } from './probe.js';

const nic = 'virtio-net-pci';

/** Sends SYNs to a port of a guest on the wire as a run does, with every answer matched to its probe; nothing is stored. */
export async function ours(
  { prober, link, control }: BootedMachine,
  port: number,
  count: number,
): Promise<Outcome> {
  const seen = new Uint8Array(count);
  const { sent, received, durationMs } = await collect({
    ...{ prober, link, control, frames: [synTo(port)], copies: count, closedPort: ports.closed },
    ...{ reset: true, window: nicWindow(nic), timeoutMs: 10_000 },
    onResponse: (_probe, copy) => {
      const isFirst = seen[copy] === 0;
      seen[copy] = 1;
      return isFirst;
    },
  });
  return { sent, answered: received, seconds: durationMs / 1000 };
}

/** Of Node's own: there is no public way to stop reading at once and lend a connection to another process. */
interface Handle {
  readonly fd: number;
  reading: boolean;
  readStop(): void;
  readStart(): void;
}

/** Lets the program in C probe the guest over the very connection that the wire has to it. */
export async function ceiling(
  program: string,
  { machine }: BootedMachine,
  count: number,
  environment: NodeJS.ProcessEnv,
): Promise<Outcome> {
  const { socket } = machine.port as StreamPort as unknown as { socket: Socket };
  const { _handle: handle } = socket as unknown as { _handle: Handle };
  handle.reading = false;
  handle.readStop();
  try {
    const child = spawn(
      program,
      ['stream', '3', hex(synTo(ports.open)), hex(rst), String(count), String(nicWindow(nic))],
      {
        stdio: ['ignore', 'pipe', 'inherit', handle.fd],
        env: environment,
      },
    );
    const [stdout, [status]] = await Promise.all([text(child.stdout!), once(child, 'close')]);
    if (status !== 0) throw new Error(`the prober in C ended with status ${status}`);
    return JSON.parse(stdout) as Outcome;
  } finally {
    handle.reading = true;
    handle.readStart();
  }
}

export const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
