import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { InputError } from '../../../src/errors.js';
import { StreamPort } from '../../../src/netem/stream-port.js';
import { Console } from '../../console.js';
import type { Lease } from '../../lease/lease.js';
import type { Driver, Machine, MachineSpec, NetworkIdentity } from '../../machine.js';
import { findProgram } from '../../program.js';
import { type Accelerator, qemuArguments } from './arguments.js';
import { requireQemu } from './platform.js';

export { requireEmulators, requireQemu } from './platform.js';

/** Starts machines as QEMU processes, each with its NIC on a stream port of the wire. */
export class QemuDriver implements Driver {
  readonly name = 'qemu';
  private started = 0;

  constructor(
    private readonly lease: Lease,
    readonly accelerator: Accelerator,
  ) {}

  async start(spec: MachineSpec, network: NetworkIdentity): Promise<Machine> {
    if (!spec.image.nics.includes(spec.hardware.nic))
      throw new InputError(
        `${spec.image.id} has no driver for the NIC ${spec.hardware.nic}; it has: ${spec.image.nics.join(', ')}`,
      );
    const program = await requireQemu(spec.image.architecture);
    const socketPath = join(this.lease.folder, `${this.started++}.sock`);
    const port = await StreamPort.listen(spec.id, socketPath);
    const args = qemuArguments({ spec, network, accelerator: this.accelerator, socketPath });
    // Should both the run and its reaper be killed at once, the kernel itself ends the guest.
    const setpriv = await findProgram('setpriv');
    const [command, commandArgs] = setpriv
      ? [setpriv, ['--pdeathsig', 'KILL', program, ...args]]
      : [program, args];
    const startedAt = performance.now();
    const child = spawn(command, commandArgs, {
      env: this.lease.environment(),
      cwd: this.lease.folder,
      stdio: ['pipe', 'pipe', 'pipe'],
      // Ctrl-C on a terminal goes to its whole process group: guests are ended by the run, not beside it.
      detached: true,
    });
    const output = new Console();
    child.stdout.on('data', (chunk: Buffer) => output.write(chunk));
    child.stderr.on('data', (chunk: Buffer) => output.write(chunk));
    child.stdin.on('error', () => {});
    const exited = new Promise<string>((resolve) => {
      child.once('error', (error) => resolve(`qemu could not be started: ${error.message}`));
      child.once('close', (code, signal) =>
        resolve(signal ? `qemu was ended by ${signal}` : `qemu exited with status ${code}`),
      );
    });
    return {
      spec,
      network,
      port,
      console: output,
      startedAt,
      exited,
      stop: async () => {
        if (child.exitCode === null && child.signalCode === null && child.pid !== undefined) {
          const gone = once(child, 'close');
          child.kill('SIGKILL');
          await gone;
        }
        await port.close();
      },
    };
  }
}
