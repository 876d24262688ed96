import { existsSync } from 'node:fs';
import Docker from 'dockerode';
import { CapabilityError } from '../../src/errors.js';
import { labEngine } from './lab-state.js';

/** A container engine on this machine, and how it was found. */
export interface DockerEngine {
  readonly docker: Docker;
  /** Path of its unix socket. */
  readonly socket: string;
  readonly version: string;
  readonly found: string;
}

const usualSocket = '/var/run/docker.sock';
const lab = "start one that is Stackbed's own with: stackbed lab up";

/** Places where an engine may listen, the first that there is wins. */
async function places(): Promise<{ socket: string | undefined; found: string }[]> {
  const { DOCKER_HOST: asked } = process.env;
  if (asked !== undefined && asked !== '' && !asked.startsWith('unix://'))
    throw new CapabilityError(
      `DOCKER_HOST is ${asked}: a container must be on this machine to be joined to its bridge`,
      {
        remedy: 'name a local socket, as in DOCKER_HOST=unix:///var/run/docker.sock',
      },
    );
  return [
    { socket: asked?.slice('unix://'.length) || undefined, found: 'DOCKER_HOST' },
    { socket: (await labEngine())?.docker, found: 'stackbed lab' },
    { socket: existsSync(usualSocket) ? usualSocket : undefined, found: 'its usual socket' },
  ];
}

/** The engine that listens on a socket. @throws CapabilityError when none answers there */
export async function dockerAt(socket: string, found: string): Promise<DockerEngine> {
  const docker = new Docker({ socketPath: socket });
  const version = await docker.version().catch((error: NodeJS.ErrnoException) => {
    const why =
      { ENOENT: 'there is no such socket', ECONNREFUSED: 'nobody listens', EACCES: 'access is denied' }[
        error.code ?? ''
      ] ?? error.message;
    throw new CapabilityError(`no Docker engine answers on ${socket} (${found}): ${why}`, {
      remedy: `start it, or ${lab}`,
    });
  });
  return { docker, socket, version: version.Version, found };
}

/**
 * The engine that runs here; undefined when there is none.
 *
 * @throws CapabilityError when the first that there is does not answer
 */
export async function findDocker(): Promise<DockerEngine | undefined> {
  for (const { socket, found } of await places()) if (socket !== undefined) return dockerAt(socket, found);
  return undefined;
}
