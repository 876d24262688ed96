import { createWriteStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type Docker from 'dockerode';
import type { ContainerSettings } from '../../../images/index.js';
import { InputError } from '../../../src/errors.js';
import { baseImages } from './dockerfile.js';
import { finished } from './image.js';

/** This machine's processor as engines call it. */
const here = process.arch === 'x64' ? 'amd64' : process.arch;

/** An image as its engine describes it. */
export interface TakenImage {
  /** Undefined when it names no program to start. */
  readonly command: ContainerSettings['command'] | undefined;
  readonly settings: Omit<ContainerSettings, 'command'>;
  /** TCP ports that it exposes. */
  readonly ports: readonly number[];
}

/** @throws InputError when the engine has no image of this name */
async function inspected(docker: Docker, name: string): Promise<Docker.ImageInspectInfo> {
  return docker
    .getImage(name)
    .inspect()
    .catch((error: { statusCode?: number; message: string }) => {
      if (error.statusCode !== 404 && error.statusCode !== 400) throw error;
      throw new InputError(`the Docker engine has no image ${name}`, {
        remedy: 'see `docker images`; nothing is fetched from a registry. For a file, give its path',
      });
    });
}

/**
 * Writes the root file system of an engine's image as a tar archive, and says what the image would start. The
 * container that is made for it is never started and goes at once.
 *
 * @param mark of the lease that removes it if this process does not
 * @throws InputError when there is no such image, or for another processor
 */
export async function exportImage(
  docker: Docker,
  name: string,
  file: string,
  mark: string,
): Promise<TakenImage> {
  const { Id, Config: config, Architecture: architecture } = await inspected(docker, name);
  if (architecture !== here)
    throw new InputError(`the image ${name} is for ${architecture}, this machine is ${here}`);
  const container = await docker.createContainer({
    ...{ Image: Id, Cmd: ['none'], Labels: { 'stackbed.lease': mark } },
    HostConfig: { NetworkMode: 'none' },
  });
  try {
    await pipeline(await container.export(), createWriteStream(file));
  } finally {
    await container.remove({ force: true, v: true });
  }
  const entrypoint = [config.Entrypoint ?? []].flat();
  const command = [...entrypoint, ...(config.Cmd ?? [])];
  return {
    command: command.length > 0 ? command : undefined,
    settings: {
      environment: config.Env ?? [],
      folder: config.WorkingDir || '/',
      user: config.User,
    },
    ports: Object.keys(config.ExposedPorts ?? {})
      .filter((port) => port.endsWith('/tcp'))
      .map((port) => Number.parseInt(port, 10)),
  };
}

/**
 * Builds a folder with a Dockerfile: its steps have no network, and its base must be in the engine.
 *
 * @returns the image's name; it carries the lease's mark and is removed with it
 * @throws InputError with the engine's words when a step fails, or what would be fetched
 */
export async function buildImage(docker: Docker, folder: string, mark: string): Promise<string> {
  for (const base of await baseImages(join(folder, 'Dockerfile')))
    await inspected(docker, base).catch((error) => {
      if (!(error instanceof InputError)) throw error;
      throw new InputError(
        `${folder}/Dockerfile begins with ${base}, which the Docker engine does not have`,
        {
          remedy: 'load it there first (docker load), or begin with `FROM scratch` and `ADD rootfs.tar /`',
        },
      );
    });
  const name = `stackbed-build:${mark}`;
  const context = { context: folder, src: await readdir(folder) };
  const about = { t: name, networkmode: 'none', forcerm: true, labels: { 'stackbed.lease': mark } };
  try {
    await finished(docker, await docker.buildImage(context, about));
  } catch (cause) {
    throw new InputError(`the Docker engine did not build ${folder}: ${(cause as Error).message}`, {
      remedy: 'its steps have no network: put what they need into the folder',
      cause,
    });
  }
  return name;
}
