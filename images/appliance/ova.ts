import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { execa } from 'execa';
import { InputError } from '../../src/errors.js';
import { diskFull, tellsFullDisk } from '../storage-fault.js';
import { type Ovf, readOvf } from './ovf.js';

/** An OVA package, its disk unpacked. */
export interface Ova {
  readonly ovf: Ovf;
  /** Path of the disk image. */
  readonly disk: string;
  /** Everything that lies in the folder now. */
  readonly unpacked: readonly string[];
}

const diskName = '.disk';

async function tar(file: string, folder: string, args: readonly string[]): Promise<string> {
  const { failed, stdout, stderr, shortMessage } = await execa('tar', args, {
    reject: false,
    env: { LC_ALL: 'C' },
  });
  if (!failed) return stdout;
  if (tellsFullDisk(stderr)) throw await diskFull(folder, (await stat(file)).size);
  const why = (stderr.split('\n')[0] || shortMessage)?.replace(/^tar: /, '');
  throw new InputError(`${file} is not a whole OVA package: ${why}`, {
    remedy: 'see that it was copied to its end',
  });
}

/** SHA1(disk.vmdk)= 0123…: the digests that a manifest states, by file (DSP0243 section 5.1). */
function manifestDigests(text: string): Map<string, { algorithm: string; digest: string }> {
  const lines = text.matchAll(/^(SHA1|SHA256|SHA512)\s*\(([^)]+)\)\s*=\s*([0-9a-f]+)/gim);
  return new Map(
    [...lines].map(([, algorithm, name, digest]) => [name!, { algorithm: algorithm!, digest: digest! }]),
  );
}

async function checkManifest(folder: string, members: readonly string[], manifest: string, file: string) {
  for (const [name, { algorithm, digest }] of manifestDigests(manifest)) {
    if (!members.includes(name)) continue;
    const hash = createHash(algorithm.toLowerCase());
    await pipeline(createReadStream(join(folder, name)), hash);
    const found = hash.digest('hex');
    if (found === digest.toLowerCase()) continue;
    throw new InputError(
      `${name} in ${file} has the ${algorithm} ${found}, but its manifest states ${digest.toLowerCase()}`,
      { remedy: 'it was damaged or changed: fetch it again' },
    );
  }
}

/**
 * Unpacks descriptor, manifest and first disk of an OVA (a tar file, DSP0243 section 5.3) into `folder`, which is
 * empty. Files are held to the digests of the manifest, where it has one.
 *
 * @throws InputError when it is cut off, has no descriptor or no disk, or a digest does not match
 * @throws CapabilityError when the disk is full
 */
export async function unpackOva(file: string, folder: string): Promise<Ova> {
  const members = (await tar(file, folder, ['-tf', file])).split('\n').filter((name) => name !== '');
  const take = async (...names: readonly string[]) => {
    await tar(file, folder, [
      '-xf',
      file,
      '--no-same-owner',
      '--no-same-permissions',
      '-C',
      folder,
      '--',
      ...names,
    ]);
  };
  const descriptor = members.find((name) => /^[^/]+\.ovf$/i.test(name));
  if (descriptor === undefined)
    throw new InputError(`${file} is a tar file without an OVF descriptor`, {
      remedy: members.some((name) => /^(manifest\.json|repositories)$/.test(name))
        ? 'it looks like a container image, which has no kernel'
        : 'give the OVA package as it was exported',
    });
  await take(descriptor);
  const ovf = readOvf(await readFile(join(folder, descriptor), 'utf8'), `${descriptor} in ${file}`);
  const parts = chunks(ovf.disk.href, members);
  if (parts.length === 0)
    throw new InputError(`${file} does not hold ${ovf.disk.href}, the disk that its descriptor names`);
  await take(...parts);
  const manifest = members.find((name) => name === descriptor.replace(/\.ovf$/i, '.mf'));
  if (manifest !== undefined) {
    await take(manifest);
    await checkManifest(folder, [descriptor, ...parts], await readFile(join(folder, manifest), 'utf8'), file);
  }
  const disk = await joined(folder, parts);
  return { ovf, disk, unpacked: [descriptor, diskName, ...(manifest === undefined ? [] : [manifest])] };
}

/** The members that a file consists of: itself, or numbered pieces of it (DSP0243 section 7.1). */
function chunks(href: string, members: readonly string[]): string[] {
  if (href.includes('/') || href.startsWith('-')) return [];
  if (members.includes(href)) return [href];
  return members
    .filter((name) => name.startsWith(`${href}.`) && /^\d{9}$/.test(name.slice(href.length + 1)))
    .sort();
}

async function joined(folder: string, parts: readonly string[]): Promise<string> {
  const [first, ...others] = parts;
  const disk = join(folder, diskName);
  await rename(join(folder, first!), disk);
  for (const part of others) {
    await pipeline(createReadStream(join(folder, part)), createWriteStream(disk, { flags: 'a' })).catch(
      async (error) => {
        throw (error as NodeJS.ErrnoException).code === 'ENOSPC' ? await diskFull(folder) : error;
      },
    );
    await rm(join(folder, part));
  }
  return disk;
}
