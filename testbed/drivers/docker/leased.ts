import { fileURLToPath } from 'node:url';
import type { DockerEngine } from '../../engines/docker.js';
import type { Lease } from '../../lease/lease.js';

const remover = fileURLToPath(new URL('./remove.mjs', import.meta.url));

/** Has all that carries a lease's mark removed from an engine when the lease ends, however it does. */
export async function willRemove(lease: Lease, { socket }: DockerEngine): Promise<void> {
  await lease.willUndo([process.execPath, remover, socket, lease.mark]);
}
