import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type Docker from 'dockerode';
import { InputError } from '../../../src/errors.js';
import type { Port } from '../../../src/netem/port.js';
import { StreamPort } from '../../../src/netem/stream-port.js';
import type { Lab } from '../../lab/lab.js';
import type { Exchange, MachineSpec, NetworkIdentity } from '../../machine.js';
import { fillIn, placeholderValues, programCommand } from '../process/command.js';
import { emptyImage, importedImage } from './image.js';
import { containerSysctls } from './settings.js';

/** How a container comes to the wire: what it is made of, and what is done when its process is there. */
export interface Joining {
  readonly port: Port;
  readonly image: string;
  readonly command: readonly string[];
  /** `NAME=value`. */
  readonly environment?: readonly string[];
  readonly user?: string;
  readonly workingFolder?: string;
  readonly host: Docker.HostConfig;
  readonly dialogue: readonly Exchange[];
  /** @param pid of the container's first process */
  join(pid: number): Promise<void>;
  close(): Promise<void>;
}

/** What a container that is not ours may: be root inside, and write to a layer that goes with it. */
const ofOwn: Docker.HostConfig = {
  ReadonlyRootfs: false,
  CapDrop: ['NET_RAW', 'MKNOD', 'AUDIT_WRITE'],
  PidsLimit: 512,
};

/** A container whose kernel is the host's, by an interface on a bridge of the lab. */
export async function byBridge(
  docker: Docker,
  lab: Lab,
  spec: MachineSpec,
  network: NetworkIdentity,
): Promise<Joining> {
  if (spec.image.appliance && Object.keys(spec.socket ?? {}).length > 0)
    throw new InputError(`${spec.image.id} has listeners of its own, whose socket options cannot be set`);
  const sysctls = containerSysctls(spec.image.id, spec.sysctls);
  const image = await importedImage(docker, spec.image);
  const segment = await lab.segment(spec.id);
  const options = Object.entries(spec.socket ?? {}).map(([name, value]) => `${name}=${value}`);
  const order = `listen ${spec.openPorts.join(',')} ${options.join(',')}`.trim();
  const ends = {
    port: segment.port,
    image,
    join: (pid: number) => segment.join(pid, network),
    close: () => segment.close(),
  };
  const own = spec.image.appliance?.container;
  if (own)
    return {
      ...ends,
      ...{ command: own.command, environment: own.environment, user: own.user, workingFolder: own.folder },
      host: { ...ofOwn, Sysctls: sysctls },
      dialogue: [],
    };
  return {
    ...ends,
    command: spec.image.process!.command,
    host: { Sysctls: sysctls, CapAdd: ['NET_BIND_SERVICE'] },
    dialogue: [
      { expect: /STACKBED READY/, send: `${order}\n` },
      { expect: /STACKBED DONE listen/, send: '' },
    ],
  };
}

/**
 * A stack of user space in a container of its own, which holds nothing else: it has the image's folder and
 * its socket on the wire.
 *
 * @param scratch folder that is made for it
 * @throws InputError for a program that needs more than its image's folder
 */
export async function bySocket(
  docker: Docker,
  spec: MachineSpec,
  network: NetworkIdentity,
  scratch: string,
): Promise<Joining> {
  const { process: image, folder, id } = spec.image;
  const settings = Object.keys(spec.sysctls);
  if (settings.length > 0)
    throw new InputError(`${id} has no sysctls, so ${settings.join(', ')} cannot be set in it`);
  if (image?.wire !== 'stream' || !image.command[0]!.startsWith('{folder}'))
    throw new InputError(
      `${id} cannot be started by the driver docker: it needs more than a folder of its own`,
    );
  const name = await emptyImage(docker);
  await mkdir(scratch);
  const socket = join(scratch, 's');
  const port = await StreamPort.listen(spec.id, socket);
  const values = placeholderValues(spec, network, { socket }, scratch);
  return {
    port,
    image: name,
    command: programCommand(image, spec, network, values),
    workingFolder: folder,
    host: { Binds: [`${folder}:${folder}:ro`, `${scratch}:${scratch}`] },
    dialogue: image.console.map(({ expect, send }) => ({
      expect: new RegExp(expect),
      send: fillIn(send, values, id),
    })),
    join: async () => {},
    close: () => port.close(),
  };
}
