import { InterruptedError } from '../src/errors.js';
import { localPortPair } from '../src/netem/local-port.js';
import type { PathSpec } from '../src/netem/path.js';
import type { Port } from '../src/netem/port.js';
import { type Link, Wire } from '../src/netem/wire.js';
import { addressing, machineNetwork } from '../src/probe/addressing.js';
import { Control } from '../src/probe/control.js';
import { DhcpServer } from '../src/probe/dhcp-server.js';
import { portOf } from './fixed-address.js';
import { type Driver, type Machine, MachineFailure, type MachineSpec } from './machine.js';
import { readinessOf } from './readiness/of-machine.js';
import { serveFiles } from './tftp-files.js';

/** A machine that answers, on a wire of its own with the prober. */
export interface BootedMachine extends AsyncDisposable {
  /** The machine that is on the wire now. */
  readonly machine: Machine;
  readonly wire: Wire;
  /** The machine's link: path, tap. */
  readonly link: Link;
  readonly prober: Port;
  readonly control: Control;
  /** Spawn of the machine's process to its first answer: a SYN-ACK, if it sends any. */
  readonly bootMs: number;
  /**
   * Ends the machine and puts another like it in its place, which has seen no packet; wire, path and what is known of
   * it stay. Takes as long as the driver's start. Throws as `boot` does, and then there is no machine on the wire.
   */
  renew(): Promise<void>;
}

export interface BootOptions {
  readonly driver: Driver;
  readonly spec: MachineSpec;
  readonly path: PathSpec;
  readonly seed: number | string;
  /** Names the path's random draws; default the machine's id. */
  readonly link?: string | undefined;
  /** Patience from spawn to the first answer, ms. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

const consoleLines = 20;

/**
 * Starts a machine, joins it to a wire and waits until it answers. Throws MachineFailure, with the end of the
 * console, when it panics, exits or is not ready in time; InterruptedError when the signal aborts. Whatever
 * happens, nothing of a machine that is not returned is left running.
 */
export async function boot(options: BootOptions): Promise<BootedMachine> {
  const { driver, spec, signal } = options;
  signal?.throwIfAborted();
  const start = () => driver.start(spec, machineNetwork, { timeoutMs: options.timeoutMs, signal });
  let machine = await start();
  const wire = new Wire();
  const [inside, prober] = localPortPair('prober');
  wire.attach(inside);
  const link = wire.attach(portOf(machine), {
    path: options.path,
    seed: options.seed,
    origin: addressing.copies,
    link: options.link,
  });
  const control = new Control(link);
  if (spec.image.appliance?.address === 'dhcp') control.serve(new DhcpServer());
  const dispose = async () => {
    await machine.stop();
    await wire.close();
  };
  try {
    await serveFiles(control, spec.image);
    await becomeReady(machine, control, options);
    const bootMs = performance.now() - machine.startedAt;
    return {
      get machine() {
        return machine;
      },
      ...{ wire, link, prober, control, bootMs, [Symbol.asyncDispose]: dispose },
      renew: async () => {
        signal?.throwIfAborted();
        await machine.stop();
        machine = await start();
        link.plug(portOf(machine));
        await becomeReady(machine, control, options);
      },
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}

async function becomeReady(machine: Machine, control: Control, options: BootOptions): Promise<void> {
  const { spec, signal, timeoutMs } = options;
  const steps = readinessOf(machine);
  const ended = new AbortController();
  let waiting = steps[0]!;
  const timer = setTimeout(
    () =>
      ended.abort(
        new Error(`not ready after ${(timeoutMs / 1000).toFixed(0)} s: waited for ${waiting.waitsFor}`),
      ),
    timeoutMs,
  );
  const interrupted = () => ended.abort(new InterruptedError('the boot was interrupted'));
  signal?.addEventListener('abort', interrupted, { once: true });
  void machine.exited.then((how) => ended.abort(new Error(`${how} before the machine was ready`)));
  try {
    for (const step of steps) {
      waiting = step;
      await step.wait({ machine, control, signal: ended.signal });
    }
  } catch (error) {
    if (error instanceof InterruptedError) throw error;
    throw new MachineFailure(spec.id, (error as Error).message, machine.console.tail(consoleLines));
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', interrupted);
  }
}
