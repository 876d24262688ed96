import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { packageRoot } from '../../src/package-root.js';

export const program = join(packageRoot, 'bin', 'stackbed');

/** Starts the built command line; the promise resolves whatever its exit code. */
export function stackbed(args: readonly string[], env: Record<string, string> = {}) {
  return execa(process.execPath, [program, ...args], { reject: false, env });
}

/** A folder that goes when the block does. */
export async function temporaryFolder(): Promise<{ path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'stackbed-test-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** A PATH that has Node and nothing else. */
export async function pathWithNodeOnly(folder: string): Promise<string> {
  const bin = join(folder, 'bin');
  await mkdir(bin);
  await symlink(process.execPath, join(bin, 'node'));
  return bin;
}
