import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import type Docker from 'dockerode';
import { CapabilityError, InputError } from '../../../src/errors.js';
import { Console } from '../../console.js';
import { type DockerEngine, findDocker } from '../../engines/docker.js';
import { startDocker } from '../../engines/private-docker.js';
import { Lab } from '../../lab/lab.js';
import type { Lease } from '../../lease/lease.js';
import {
  type Driver,
  type Machine,
  MachineFailure,
  type MachineSpec,
  type NetworkIdentity,
} from '../../machine.js';
import { testGvisor, underGvisor } from './gvisor.js';
import { byBridge, bySocket, type Joining } from './joining.js';
import { willRemove } from './leased.js';

/** Label of a container: the mark of its lease. */
const leaseLabel = 'stackbed.lease';

const mebibyte = 2 ** 20;

/**
 * Starts machines as containers of a Docker engine: without a network of the engine's, with an interface on a
 * bridge of the lab or a socket on the wire, with no capability but that of listening below port 1024, and a
 * root file system that cannot be written. A user's own has the engine's usual capabilities, but for raw sockets
 * and device files, and may write to a layer that goes with it.
 */
export class DockerDriver implements Driver {
  readonly name = 'docker';
  private started = 0;
  /** Whether gVisor's runtime works here, once a machine is to be started by it. */
  private tested: Promise<void> | undefined;
  private opened: Promise<{ engine: DockerEngine; lab: Lab }> | undefined;

  /** @param find where the engine is had from; default: one that runs, or else one of the lease's own */
  constructor(
    private readonly lease: Lease,
    private readonly find: () => Promise<DockerEngine | undefined> = findDocker,
    private readonly openLab: () => Promise<Lab> = () => Lab.open(lease),
  ) {}

  /**
   * Throws InputError for an image that cannot be started in a container, or a setting that it cannot have;
   * CapabilityError without root or engine; MachineFailure when the engine does not start it.
   */
  async start(spec: MachineSpec, network: NetworkIdentity): Promise<Machine> {
    if (spec.runtime === 'runsc') {
      const untested: Driver = { name: this.name, start: (one, on) => this.launch(one, on) };
      this.tested ??= testGvisor(untested, spec);
      await this.tested;
    }
    return this.launch(spec, network);
  }

  private async launch(spec: MachineSpec, network: NetworkIdentity): Promise<Machine> {
    const { process: program, appliance } = spec.image;
    if (!program && !appliance?.container)
      throw new InputError(`${spec.image.id} cannot be started in a container`);
    this.opened ??= this.open();
    const { engine, lab } = await this.opened;
    const number = this.started++;
    const joining =
      program && program.wire !== 'bridge'
        ? await bySocket(engine.docker, spec, network, join(this.lease.folder, `d${number}`))
        : await byBridge(engine.docker, lab, spec, network);
    const output = new Console();
    let container: Docker.Container | undefined;
    let holder: Docker.Container | undefined;
    const remove = async () => {
      for (const one of [container, holder]) await one?.remove({ force: true, v: true }).catch(ignoreGone);
      await joining.close();
    };
    try {
      const startedAt = performance.now();
      let options = this.options(spec, joining, number);
      if (spec.runtime === 'runsc') {
        holder = await engine.docker.createContainer({ ...options, name: `${options.name}-network` });
        await holder.start();
        await joining.join(await pidOf(engine, holder));
        options = underGvisor(options, holder.id, spec.openPorts);
      }
      container = await engine.docker.createContainer(options);
      const stream = await attach(engine.docker, container, output);
      await container.start();
      if (!holder) await joining.join(await pidOf(engine, container));
      return {
        ...{
          spec,
          network,
          port: joining.port,
          console: output,
          startedAt,
          dialogue: holder ? [] : joining.dialogue,
        },
        exited: container.wait().then(
          ({ StatusCode }) => `the container exited with status ${StatusCode}`,
          (error: Error) => `the engine lost the container: ${error.message}`,
        ),
        type: (text) => stream.write(text),
        stop: remove,
      };
    } catch (error) {
      await remove();
      if (error instanceof CapabilityError) throw error;
      throw new MachineFailure(
        spec.id,
        `the container was not started: ${(error as Error).message}`,
        output.tail(20),
      );
    }
  }

  private async open(): Promise<{ engine: DockerEngine; lab: Lab }> {
    const running = await this.find();
    const lab = await this.openLab();
    const engine = running ?? (await startDocker(this.lease, lab));
    await willRemove(this.lease, engine);
    return { engine, lab };
  }

  private options(
    { id, hardware }: MachineSpec,
    { image, command, environment = [], user = '', workingFolder, host }: Joining,
    number: number,
  ): Docker.ContainerCreateOptions {
    return {
      name: `stackbed-${this.lease.mark}-${number}`,
      Image: image,
      Cmd: [...command],
      ...(workingFolder !== undefined && { WorkingDir: workingFolder }),
      // By its environment the reaper knows it, whatever becomes of the engine.
      Env: [...environment, `STACKBED_LEASE=${this.lease.mark}`],
      ...(user !== '' && { User: user }),
      Labels: { [leaseLabel]: this.lease.mark, 'stackbed.machine': id },
      ...{ OpenStdin: true, AttachStdin: true, AttachStdout: true, AttachStderr: true },
      HostConfig: {
        NetworkMode: 'none',
        ReadonlyRootfs: true,
        CapDrop: ['ALL'],
        SecurityOpt: ['no-new-privileges'],
        Memory: hardware.ramMib * mebibyte,
        PidsLimit: 64,
        ...host,
      },
    };
  }
}

/** The first process of a container. @throws CapabilityError when it is not on this machine */
async function pidOf({ socket, found }: DockerEngine, container: Docker.Container): Promise<number> {
  const { State } = await container.inspect();
  // Its control group is named by its id before its program is started.
  const group = await readFile(`/proc/${State.Pid}/cgroup`, 'utf8').catch(() => '');
  if (group.includes(container.id)) return State.Pid;
  if (!State.Running) throw new Error(`it ended at once with status ${State.ExitCode}: ${State.Error}`);
  throw new CapabilityError(
    `the Docker engine on ${socket} (${found}) runs containers out of this machine's reach`,
    { remedy: 'use an engine of this very machine, for example that of: stackbed lab up' },
  );
}

async function attach(
  docker: Docker,
  container: Docker.Container,
  output: Console,
): Promise<NodeJS.ReadWriteStream> {
  const stream = await container.attach({
    stream: true,
    stdin: true,
    stdout: true,
    stderr: true,
    hijack: true,
  });
  const text = new PassThrough();
  text.on('data', (chunk: Buffer) => output.write(chunk));
  docker.modem.demuxStream(stream, text, text);
  stream.on('error', () => {});
  return stream;
}

function ignoreGone(error: { statusCode?: number }): void {
  if (error.statusCode !== 404) throw error;
}
