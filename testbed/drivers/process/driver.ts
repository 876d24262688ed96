import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProcessImage } from '../../../images/index.js';
import { CapabilityError, InputError } from '../../../src/errors.js';
import type { Port } from '../../../src/netem/port.js';
import { StreamPort } from '../../../src/netem/stream-port.js';
import { UdpPort } from '../../../src/netem/udp-port.js';
import { Console } from '../../console.js';
import type { Lease } from '../../lease/lease.js';
import type { Driver, Machine, MachineSpec, NetworkIdentity } from '../../machine.js';
import { findProgram } from '../../program.js';
import { fillIn, placeholderValues, programCommand, type WireEnds } from './command.js';

/** Starts machines that are programs: a TCP/IP stack in user space, or a kernel that runs as a process. */
export class ProcessDriver implements Driver {
  readonly name = 'process';
  private started = 0;

  constructor(private readonly lease: Lease) {}

  async start(spec: MachineSpec, network: NetworkIdentity): Promise<Machine> {
    const { process: image } = spec.image;
    if (!image) throw new InputError(`${spec.image.id} is a kernel, not a program`);
    const settings = Object.keys(spec.sysctls);
    if (!image.sysctls && settings.length > 0)
      throw new InputError(`${spec.image.id} has no sysctls, so ${settings.join(', ')} cannot be set in it`);
    await requirePrograms(image, spec.image.id);
    const scratch = join(this.lease.folder, `p${this.started++}`);
    await mkdir(scratch);
    const { port, ends } = await joinWire(image, spec.id, scratch);
    const values = placeholderValues(spec, network, ends, scratch);
    const command = programCommand(image, spec, network, values);
    const dialogue = image.console.map(({ expect, send }) => ({
      expect: new RegExp(expect),
      send: fillIn(send, values, spec.image.id),
    }));
    // Should both the run and its reaper be killed at once, the kernel itself ends the program.
    const setpriv = await findProgram('setpriv');
    if (setpriv) command.unshift(setpriv, '--pdeathsig', 'KILL');
    const startedAt = performance.now();
    const child = spawn(command[0]!, command.slice(1), {
      env: { ...this.lease.environment(), HOME: scratch },
      // A loader that came along may be named by a path relative to it.
      cwd: spec.image.folder,
      stdio: ['pipe', 'pipe', 'pipe'],
      // A group of its own, so that its helpers end with it.
      detached: true,
    });
    const output = new Console();
    child.stdout.on('data', (chunk: Buffer) => output.write(chunk));
    child.stderr.on('data', (chunk: Buffer) => output.write(chunk));
    child.stdin.on('error', () => {});
    const exited = new Promise<string>((resolve) => {
      child.once('error', (error) => resolve(`${command[0]} could not be started: ${error.message}`));
      child.once('exit', (code, signal) =>
        resolve(signal ? `the program was ended by ${signal}` : `the program exited with status ${code}`),
      );
    });
    return {
      spec,
      network,
      port,
      console: output,
      startedAt,
      exited,
      dialogue,
      type: (text) => child.stdin.write(text),
      stop: async () => {
        const running = child.exitCode === null && child.signalCode === null && child.pid !== undefined;
        const gone = running ? once(child, 'exit') : undefined;
        endGroup(child.pid);
        await gone;
        await port.close();
        await rm(scratch, { recursive: true, force: true });
      },
    };
  }
}

/** @throws CapabilityError naming a program that the machine lacks, with the command that installs it */
async function requirePrograms({ programs }: ProcessImage, id: string): Promise<void> {
  for (const [name, debianPackage] of Object.entries(programs))
    if (!(await findProgram(name)))
      throw new CapabilityError(`${name} is not installed: it starts ${id}`, {
        remedy: `install it with: apt-get install --no-install-recommends ${debianPackage}`,
      });
}

function endGroup(leader: number | undefined): void {
  if (leader === undefined) return;
  try {
    process.kill(-leader, 'SIGKILL');
  } catch {
    // All of it is gone already.
  }
}

async function joinWire(
  image: ProcessImage,
  name: string,
  scratch: string,
): Promise<{ port: Port; ends: WireEnds }> {
  if (image.wire === 'l2tpv3') {
    const port = await UdpPort.open(name);
    return { port, ends: { here: port.here, there: port.there } };
  }
  const socket = join(scratch, 's');
  return { port: await StreamPort.listen(name, socket), ends: { socket } };
}
