import { execa } from 'execa';
import { CapabilityError } from '../../src/errors.js';
import { findProgram } from '../program.js';
import type { DockerEngine } from './docker.js';

const instead = 'leave `runtime` out, or take the image gvisor-2024: its stack as a program';

/** Path of gVisor's runtime, where it is installed; an engine of Stackbed's own is told of it. */
export const findRunsc = (): Promise<string | undefined> => findProgram('runsc');

/**
 * Version of gVisor's runtime in an engine, or of the one that an engine of Stackbed's own would have.
 *
 * @throws CapabilityError where the engine does not know it, or it is not installed
 */
export async function runscVersion(engine: DockerEngine | undefined): Promise<string> {
  const path = engine ? await pathIn(engine) : await findRunsc();
  if (path === undefined)
    throw new CapabilityError('runsc is not in PATH: containers with `runtime: runsc` need it', {
      remedy: `install gVisor (apt-get install --no-install-recommends runsc), or ${instead}`,
    });
  const { stdout } = await execa(path, ['--version'], { reject: false, timeout: 10_000 });
  return stdout?.split('\n')[0] || 'runsc of unknown version';
}

async function pathIn({ docker, socket, found }: DockerEngine): Promise<string> {
  const { Runtimes: runtimes = {} } = (await docker.info()) as {
    Runtimes?: Record<string, { path?: string }>;
  };
  if (runtimes.runsc) return runtimes.runsc.path ?? 'runsc';
  throw new CapabilityError(
    `the Docker engine on ${socket} (${found}) does not know the runtime runsc; it knows: ${Object.keys(runtimes).sort().join(', ')}`,
    {
      remedy: `install gVisor and name it there (/etc/docker/daemon.json: "runtimes": {"runsc": {"path": "/usr/bin/runsc"}}), or ${instead}`,
    },
  );
}
