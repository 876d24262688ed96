import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pack } from 'tar-stream';
import { packageRoot } from '../../src/package-root.js';
import type { CpioEntry } from '../cpio.js';
import { userspace } from '../userspace.js';
import type { ProcessImage } from './stack.js';

/** File of a container's image that holds its root file system. */
export const rootFile = 'root.tar';

const script = 'machine.pl';

/** Equal entries give equal bytes: owner 0, time 0. */
async function tarArchive(entries: readonly CpioEntry[]): Promise<Buffer> {
  const archive = pack();
  const bytes = buffer(archive);
  for (const entry of entries) {
    const about = { name: entry.path, mtime: new Date(0), mode: 0o755 };
    if (entry.type === 'file') archive.entry(about, Buffer.from(entry.data));
    else if (entry.type === 'symlink') archive.entry({ ...about, type: 'symlink', linkname: entry.target });
    else archive.entry({ ...about, type: 'directory' });
  }
  archive.finalize();
  return bytes;
}

/** What is started in a container: the program that takes orders in guests, too. */
export const containerCommand: ProcessImage['command'] = ['/bin/perl', `/${script}`];

/** The root file system of a container: the user space of guests, out of unpacked packages. */
export async function containerFiles(tree: string): Promise<Record<string, Buffer>> {
  const data = await readFile(join(packageRoot, 'images/guest', script));
  const folders = ['dev', 'proc', 'sys'].map((path) => ({ type: 'directory' as const, path }));
  const entries = [...folders, ...(await userspace(tree)), { type: 'file' as const, path: script, data }];
  return { [rootFile]: await tarArchive(entries) };
}
