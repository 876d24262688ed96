import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import type { BootableImage } from '../../images/index.js';
import { CapabilityError, InterruptedError } from '../../src/errors.js';
import type { Command, Outcome } from '../../src/netem/compile/command.js';
import type { Direction } from '../../src/netem/flow.js';
import type { Port } from '../../src/netem/port.js';
import { StreamPort } from '../../src/netem/stream-port.js';
import type { Accelerator } from '../drivers/qemu/arguments.js';
import { requireQemu } from '../drivers/qemu/platform.js';
import { type QemuProcess, startQemu } from '../drivers/qemu/process.js';
import type { Lease } from '../lease/lease.js';
import { MachineFailure } from '../machine.js';
import { netemApplianceArguments, ordersDescriptor, type Side, type Time } from './arguments.js';
import { type Layout, layoutCommands } from './layout.js';
import { Orders } from './orders.js';
import { type Passed, Recording } from './recording.js';

export interface NetemApplianceOptions {
  readonly lease: Lease;
  /** The image `netem-appliance`. */
  readonly image: BootableImage;
  readonly accelerator: Accelerator;
  /** Default: a bridge. */
  readonly layout?: Layout | undefined;
  /** Default: `real`. */
  readonly time?: Time | undefined;
  /** Keep what the cards send, with times, for {@link NetemAppliance.passed}; default: no. */
  readonly record?: boolean | undefined;
  /** Patience from spawn to the first answer, ms; default 60 s. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

const consoleLines = 20;
const commandSeconds = 30;
let started = 0;

/** The side that a direction comes in by, and the one that it goes out by. */
const into: Readonly<Record<Direction, Side>> = { forward: 'prober', reverse: 'machine' };
const outOf: Readonly<Record<Direction, Side>> = { forward: 'machine', reverse: 'prober' };

/**
 * The netem appliance: a machine with a stock Debian kernel between two ports of the wire, which does to packets what
 * `tc` and `nft` tell it. What the simulated path decides from a seed, this decides as the kernel does.
 */
export class NetemAppliance implements AsyncDisposable {
  /** Sees each frame that comes out; valid only during the call. */
  onFrame: ((direction: Direction, frame: Uint8Array) => void) | undefined;

  private constructor(
    /** The wire's ends of its two cards. */
    readonly ports: Readonly<Record<Side, Port>>,
    /** `uname -r` in it. */
    readonly release: string,
    /** Spawn to its first answer, ms. */
    readonly bootMs: number,
    private readonly qemu: QemuProcess,
    private readonly orders: Orders,
    private readonly recordings: Readonly<Record<Side, Recording>>,
  ) {
    for (const direction of ['forward', 'reverse'] as const)
      ports[outOf[direction]].onFrame = (frame) => this.onFrame?.(direction, frame);
  }

  /**
   * Boots the appliance and joins its cards.
   *
   * @throws MachineFailure when it does not come up in time, with the end of its console
   * @throws CapabilityError when QEMU is not installed
   */
  static async start(options: NetemApplianceOptions): Promise<NetemAppliance> {
    const { lease, image, accelerator, layout = { kind: 'bridge' }, signal } = options;
    const { time = 'real', record = false, timeoutMs = 60_000 } = options;
    signal?.throwIfAborted();
    const program = await requireQemu(image.architecture);
    const number = started++;
    const file = (side: Side, kind: string) => join(lease.folder, `a${number}${side[0]}.${kind}`);
    const both = (kind: string) => ({ prober: file('prober', kind), machine: file('machine', kind) });
    const [sockets, recordings] = [both('sock'), both('pcap')];
    const listen = (side: Side) => StreamPort.listen(`${image.id}.${side}`, sockets[side]);
    const ports = { prober: await listen('prober'), machine: await listen('machine') };
    const args = netemApplianceArguments({
      ...{ image, accelerator, time, sockets },
      ...(record && { recordings }),
    });
    const qemu = await startQemu(lease, program, args, ['pipe']);
    const orders = new Orders(qemu.child.stdio[ordersDescriptor] as Duplex);
    void qemu.exited.then((how) => orders.end(new Error(how)));
    const timer = setTimeout(
      () => orders.end(new Error(`not ready after ${(timeoutMs / 1000).toFixed(0)} s`)),
      timeoutMs,
    );
    const stopped = qemu.console.onLine((line) => {
      if (/^STACKBED FAILED|Kernel panic - not syncing/.test(line)) orders.end(new Error(line.trim()));
    });
    const interrupted = () => orders.end(new InterruptedError('the boot was interrupted'));
    signal?.addEventListener('abort', interrupted, { once: true });
    try {
      const { stdout } = await orders.answer();
      const bootMs = performance.now() - qemu.startedAt;
      const box = new NetemAppliance(ports, stdout.trim(), bootMs, qemu, orders, {
        prober: new Recording(recordings.prober),
        machine: new Recording(recordings.machine),
      });
      await box.apply(layoutCommands(layout));
      return box;
    } catch (error) {
      await end(qemu, ports);
      if (error instanceof InterruptedError || error instanceof CapabilityError) throw error;
      throw new MachineFailure(image.id, (error as Error).message, qemu.console.tail(consoleLines));
    } finally {
      clearTimeout(timer);
      stopped();
      signal?.removeEventListener('abort', interrupted);
    }
  }

  /** QEMU's process. */
  get pid(): number {
    return this.qemu.child.pid!;
  }

  /** Puts a frame in on the side that a direction comes from. */
  send(direction: Direction, frame: Uint8Array): void {
    this.ports[into[direction]].send(frame);
  }

  /**
   * Runs a program in it, given by its absolute path (`/usr/sbin/tc`: busybox has applets of some of the names).
   * Whatever its exit code, the promise resolves; one that takes longer than 30 s is ended (exit code 142).
   */
  run(argv: readonly string[], stdin = ''): Promise<Outcome> {
    return this.orders.run(argv, stdin, commandSeconds);
  }

  /**
   * What has come out at a side since this was asked last, with the appliance's own times; throws an Error when it was
   * started without `record`.
   */
  passed(side: Side): Promise<Passed[]> {
    return this.recordings[side].read();
  }

  /** Runs programs in order. @throws CapabilityError with the words of the first that fails; the rest is not run */
  async apply(commands: readonly Command[]): Promise<void> {
    for (const { argv, stdin } of commands) {
      const { exitCode, stdout, stderr } = await this.run(argv, stdin);
      if (exitCode === 0) continue;
      const said = (stderr.trim() || stdout.trim() || 'it said nothing').replaceAll('\n', '\n  | ');
      const given =
        stdin === undefined ? '' : `\nit was given:\n  < ${stdin.trimEnd().replaceAll('\n', '\n  < ')}`;
      throw new CapabilityError(
        `the netem appliance (Linux ${this.release}) refused \`${argv.join(' ')}\`, exit code ${exitCode}:\n  | ${said}${given}`,
      );
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await end(this.qemu, this.ports);
  }
}

async function end(qemu: QemuProcess, ports: Readonly<Record<Side, Port>>): Promise<void> {
  await qemu.stop();
  await Promise.all(Object.values(ports).map((port) => port.close()));
}
