import { access, mkdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { writeFileAtomic } from '../src/atomic-file.js';
import { exclusively } from './exclusive.js';
import { cacheFolder } from './store.js';

const schema = z.object({ version: z.literal(1), paths: z.array(z.string()) });

const listPath = () => join(cacheFolder(), 'known-locks.json');

async function read(): Promise<string[]> {
  const text = await readFile(listPath(), 'utf8').catch(() => undefined);
  try {
    return schema.parse(JSON.parse(text ?? '')).paths;
  } catch {
    return [];
  }
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** Absolute paths of the lock files that images were pulled by, those that are there still. */
export async function knownLocks(): Promise<string[]> {
  const paths = await read();
  const there = await Promise.all(paths.map(isThere));
  return paths.filter((_, at) => there[at]);
}

/** Remembers that the images of this store are pulled by the lock file `path`: what it names is not garbage. */
export async function rememberLock(path: string): Promise<void> {
  const absolute = resolve(path);
  if ((await read()).includes(absolute)) return;
  await mkdir(cacheFolder(), { recursive: true });
  await exclusively(`${listPath()}.held`, {}, async () => {
    const paths = [...new Set([...(await knownLocks()), absolute])].sort();
    await writeFileAtomic(listPath(), `${JSON.stringify({ version: 1, paths }, undefined, 2)}\n`);
  });
}
