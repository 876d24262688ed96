import { stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { type AddOptions, containerLabels, type Labels } from '../../images/index.js';
import { willRemove } from '../../testbed/drivers/docker/leased.js';
import { buildImage, exportImage, type TakenImage } from '../../testbed/drivers/docker/take-image.js';
import { type DockerEngine, findDocker } from '../../testbed/engines/docker.js';
import { startDocker } from '../../testbed/engines/private-docker.js';
import { Lab } from '../../testbed/lab/lab.js';
import type { Lease } from '../../testbed/lease/lease.js';
import { CapabilityError, InputError } from '../errors.js';

/** What makes up a container: its root file system, and what is started in it. */
export type ContainerStart = Pick<AddOptions, 'file' | 'name'> & {
  readonly appliance: NonNullable<AddOptions['appliance']>;
};

/** What `images add` was told beside what it is. */
export interface ContainerFlags {
  readonly command?: string;
}

const ofMachines = ['initrd', 'append', 'format', 'architecture', 'firmware', 'machine', 'nic', 'disk'];
const ofWhence = ['address', 'domain', 'uri'];

function refuseHardware(flags: ContainerFlags): void {
  const meant = Object.keys(flags).filter((name) => [...ofMachines, ...ofWhence].includes(name));
  if (meant.length > 0)
    throw new InputError(`a container has no use for ${meant.map((name) => `--${name}`).join(', ')}`);
}

const nothing: TakenImage = {
  command: undefined,
  settings: { environment: [], folder: '/', user: '' },
  ports: [],
};

/** As a Dockerfile's CMD has it: a JSON array of words, or a line for a shell. */
function words(command: string): string[] {
  if (!command.trimStart().startsWith('[')) return ['/bin/sh', '-c', command];
  try {
    const parsed: unknown = JSON.parse(command);
    if (Array.isArray(parsed) && parsed.length > 0 && parsed.every((word) => typeof word === 'string'))
      return parsed;
  } catch {}
  throw new InputError(`--command ${command} is no array of words`, {
    remedy: 'write it as in --command \'["/usr/sbin/sshd", "-D"]\', or as a line for a shell',
  });
}

/** A folder is built by an engine of Stackbed's own where none runs; an image must be in one that does. */
async function engineFor(what: string, isFolder: boolean, lease: Lease): Promise<DockerEngine> {
  const engine = await findDocker();
  if (engine) return engine;
  if (isFolder) return startDocker(lease, await Lab.open(lease));
  throw new CapabilityError(`no Docker engine runs here that could have the image ${what}`, {
    remedy: 'start it; or name a file with a root file system, or a folder with a Dockerfile',
  });
}

async function fromEngine(what: string, isFolder: boolean, lease: Lease) {
  const engine = await engineFor(what, isFolder, lease);
  await willRemove(lease, engine);
  const name = isFolder ? await buildImage(engine.docker, what, lease.mark) : what;
  const file = join(lease.folder, 'root.tar');
  return { file, taken: await exportImage(engine.docker, name, file, lease.mark) };
}

/**
 * The container that `what` names: a file with a root file system, a folder with a Dockerfile, or an image of
 * the engine that runs here. Files that are made for it are the lease's.
 *
 * @throws InputError when there is none, or nothing says what is to be started
 * @throws CapabilityError without an engine where one is needed
 */
export async function containerStart(
  what: string | undefined,
  flags: ContainerFlags,
  lease: Lease,
): Promise<ContainerStart> {
  refuseHardware(flags);
  const { command } = flags;
  if (what === undefined)
    throw new InputError('name a root file system (.tar), a folder with a Dockerfile, or an image of Docker');
  const info = await stat(what).catch(() => undefined);
  if (!info && /^[./~]|\.(tar|tgz|gz)$/.test(what))
    throw new InputError(`there is no file or folder ${what}`);
  const { file, taken } = info?.isFile()
    ? { file: what, taken: nothing }
    : await fromEngine(what, info?.isDirectory() ?? false, lease);
  const started = command === undefined ? taken.command : words(command);
  if (!started)
    throw new InputError(`nothing says what is to be started in ${what}`, {
      remedy: 'say so, as in --command \'["/usr/sbin/sshd", "-D"]\'',
    });
  const container = { ...taken.settings, command: started };
  const name = basename(resolve(what))
    .toLowerCase()
    .replace(/\.(tar|tgz|tar\.gz)$/, '')
    .replaceAll(/[^a-z0-9._+-]+/g, '-');
  return { file, name, appliance: { container, ...(taken.ports.length > 0 && { open: [...taken.ports] }) } };
}

/** A container's kernel is the host's, so that only its distribution is to be said. */
export function labelsOfContainer(given: readonly string[], parse: (given: string[]) => Labels): Labels {
  if (given.some((text) => text.startsWith('kernel=')))
    throw new InputError('a container has no kernel of its own: that of the host is its label', {
      remedy: 'leave --label kernel=… out; --label distribution=… may be given',
    });
  const { distribution } = parse([...given, `kernel=${containerLabels.join('/')}`]);
  return { kernel: containerLabels, distribution };
}
