import { constants, copyFile, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { InputError } from '../../src/errors.js';
import type { Architecture } from '../catalog-schema.js';
import type { OnProgress } from '../progress.js';
import { diskFull } from '../storage-fault.js';
import { type Appliance, mediumFile } from './appliance.js';
import { type DiskFormat, detectFormat, type FileFormat } from './format.js';
import { unpackOva } from './ova.js';
import type { Ovf } from './ovf.js';
import { checkDisk, convertDisk, requireQemuImg } from './qemu-img.js';

export interface TakeOptions {
  /** Path of the disk image, OVA, ISO or kernel. */
  readonly file: string;
  /** The initrd of a kernel. */
  readonly initrd?: string | undefined;
  /** Format of a disk, where its bytes do not tell. */
  readonly format?: DiskFormat | undefined;
  readonly architecture: Architecture;
  /** Empty folder that the files go to. */
  readonly folder: string;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: OnProgress | undefined;
}

/** What a file became. */
export interface Taken {
  readonly medium: Appliance['medium'];
  /** Names below the folder. */
  readonly files: readonly string[];
  /** What the file was: `ova`, `qcow2`, `iso`, `kernel`. */
  readonly format: string;
  /** What an OVA says of its machine. */
  readonly ovf?: Ovf;
}

/**
 * Puts what a machine boots from into a folder: a disk is converted to qcow2, an ISO, a kernel and its initrd
 * are copied. The file itself is only read.
 *
 * @throws InputError when the file is none of the formats, damaged, or for another architecture
 * @throws CapabilityError when qemu-img is missing or the disk is full
 */
export async function takeFile(options: TakeOptions): Promise<Taken> {
  const { file, format } = options;
  const found: FileFormat = format ? { kind: 'disk', format } : await detectFormat(file);
  if (options.initrd !== undefined && found.kind !== 'kernel')
    throw new InputError(`${file} is no Linux kernel, so that an initrd has no use`);
  switch (found.kind) {
    case 'kernel':
      return takeKernel(options, found.architectures);
    case 'iso':
      await copy(file, join(options.folder, mediumFile.cdrom), options.folder);
      return { medium: 'cdrom', files: [mediumFile.cdrom], format: 'iso' };
    case 'ova':
      return takeOva(options);
    case 'disk':
      await takeDisk(file, found.format, file, options);
      return { medium: 'disk', files: [mediumFile.disk], format: found.format };
  }
}

async function takeKernel(options: TakeOptions, architectures: readonly Architecture[]): Promise<Taken> {
  const { file, initrd, folder, architecture } = options;
  if (!architectures.includes(architecture))
    throw new InputError(`${file} is a kernel for ${architectures.join(' or ')}, not for ${architecture}`, {
      remedy: `say so: --architecture ${architectures[0]}`,
    });
  if (initrd === undefined)
    throw new InputError(`${file} is a Linux kernel, which needs an initrd with the machine's programs`, {
      remedy: 'name it: --initrd FILE',
    });
  await copy(file, join(folder, 'kernel'), folder);
  await copy(initrd, join(folder, 'initrd'), folder);
  return { medium: 'kernel', files: ['kernel', 'initrd'], format: 'kernel' };
}

async function takeOva(options: TakeOptions): Promise<Taken> {
  const { file, folder } = options;
  const { ovf, disk, unpacked } = await unpackOva(file, folder);
  const format = await detectFormat(disk).catch((error) => {
    throw new InputError(`${ovf.disk.href} in ${file} is no disk image: ${(error as Error).message}`);
  });
  if (format.kind !== 'disk') throw new InputError(`${ovf.disk.href} in ${file} is no disk image`);
  await takeDisk(disk, format.format, `${ovf.disk.href} in ${file}`, options);
  for (const name of unpacked) await rm(join(folder, name), { force: true });
  return { medium: 'disk', files: [mediumFile.disk], format: 'ova', ovf };
}

async function takeDisk(path: string, format: DiskFormat, name: string, options: TakeOptions): Promise<void> {
  const { folder, signal, onProgress, file } = options;
  await requireQemuImg(basename(file), onProgress);
  await checkDisk(path, format, name);
  await convertDisk(path, format, join(folder, mediumFile.disk), { name, signal });
}

async function copy(from: string, to: string, folder: string): Promise<void> {
  await copyFile(from, to, constants.COPYFILE_FICLONE).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOSPC') throw await diskFull(folder, (await stat(from)).size);
    throw new InputError(
      `cannot read ${from}: ${error.code === 'ENOENT' ? 'there is no such file' : error.message}`,
    );
  });
}
