import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { BootableImage } from '../images/index.js';
import type { Control } from '../src/probe/control.js';
import { TftpServer } from '../src/probe/tftp-server.js';

/** Lets the machine fetch the files of its image that are for that, if there are any. */
export async function serveFiles(control: Control, { folder, process }: BootableImage): Promise<void> {
  if (process?.tftp === undefined) return;
  const root = join(folder, process.tftp);
  const found = await readdir(root, { recursive: true, withFileTypes: true });
  const paths = found.filter((file) => file.isFile()).map((file) => join(file.parentPath, file.name));
  const files = await Promise.all(
    paths.map(async (path) => [relative(root, path), await readFile(path)] as const),
  );
  control.serve(new TftpServer(new Map(files)));
}
