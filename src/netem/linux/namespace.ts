import { closeSync, openSync } from 'node:fs';
import { CapabilityError } from '../../errors.js';
import { failedCall, libc } from './libc.js';

const cloneNewnet = 0x4000_0000;
const ownNamespace = '/proc/thread-self/ns/net';

function open(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (cause) {
    throw new CapabilityError(`there is no network namespace at ${path}`, { cause });
  }
}

/**
 * Runs `work` with the network namespace at `path` (setns(2)) and returns to the own one. `work` must be
 * synchronous: only this thread moves, and nothing else runs meanwhile. A socket made in it stays in that
 * namespace; so do /proc/sys/net and ioctls.
 *
 * @throws CapabilityError when there is no such namespace or it may not be entered
 */
export function inNamespace<T>(path: string, work: () => T): T {
  const { setns, errno } = libc();
  const there = open(path);
  const here = open(ownNamespace);
  try {
    if (setns(there, cloneNewnet) < 0) throw failedCall(`enter the network namespace ${path}`, errno());
    try {
      return work();
    } finally {
      // Going on in a foreign namespace would send the host's traffic there.
      if (setns(here, cloneNewnet) < 0) process.abort();
    }
  } finally {
    closeSync(there);
    closeSync(here);
  }
}
