import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { execa } from 'execa';
import { CapabilityError, InputError } from '../../src/errors.js';
import type { OnProgress } from '../progress.js';
import { diskFull, tellsFullDisk } from '../storage-fault.js';
import type { DiskFormat } from './format.js';

const debianPackage = 'qemu-utils';

async function isInstalled(): Promise<boolean> {
  return !(await execa('qemu-img', ['--version'], { reject: false })).failed;
}

/**
 * Sees that qemu-img is there: as root it is installed where it is missing, and said before.
 *
 * @throws CapabilityError with the command that installs it
 */
export async function requireQemuImg(id: string, onProgress?: OnProgress): Promise<void> {
  if (await isInstalled()) return;
  const command = ['apt-get', 'install', '-y', '--no-install-recommends', debianPackage];
  if (process.getuid?.() === 0) {
    onProgress?.({ kind: 'install', id, packages: [debianPackage] });
    await execa(command[0]!, command.slice(1), { reject: false, env: { DEBIAN_FRONTEND: 'noninteractive' } });
    if (await isInstalled()) return;
  }
  throw new CapabilityError(`qemu-img is not installed: it converts ${id}`, {
    remedy: `install it with: ${command.filter((word) => word !== '-y').join(' ')}`,
  });
}

interface Run {
  readonly failed: boolean;
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly why: string;
}

async function qemuImg(args: readonly string[], signal?: AbortSignal): Promise<Run> {
  const result = await execa('qemu-img', args, {
    reject: false,
    env: { LC_ALL: 'C' },
    ...(signal && { cancelSignal: signal }),
  });
  signal?.throwIfAborted();
  const said = result.stderr.split('\n').find((line) => line.trim() !== '') ?? result.shortMessage ?? '';
  return {
    failed: result.failed,
    exitCode: result.exitCode,
    stdout: result.stdout,
    why: said.replace(/^qemu-img: /, ''),
  };
}

interface Info {
  readonly 'virtual-size': number;
  readonly 'backing-filename'?: string;
  readonly encrypted?: boolean;
  readonly 'format-specific'?: {
    readonly data?: {
      readonly 'data-file'?: string;
      /** Of a VMDK: the files that it consists of. */
      readonly extents?: readonly { readonly filename: string }[];
    };
  };
}

/**
 * Sees that a disk image is whole and stands alone. Its format is always told to qemu-img: one that was guessed
 * could be chosen by whoever wrote the image, together with any file of this machine as its backing file.
 *
 * @throws InputError when it is damaged, encrypted, or refers to other files
 */
export async function checkDisk(path: string, format: DiskFormat, name = path): Promise<void> {
  const info = await qemuImg(['info', '--output=json', '-f', format, path]);
  if (info.failed) throw damaged(name, format, info.why);
  const about = JSON.parse(info.stdout) as Info;
  const details = about['format-specific']?.data;
  const extent = details?.extents?.find(({ filename }) => filename !== path)?.filename;
  const other = about['backing-filename'] ?? details?.['data-file'] ?? extent;
  if (other !== undefined)
    throw new InputError(`${name} is not whole by itself: it builds on ${other}`, {
      remedy: `make one file of it: qemu-img convert -O qcow2 ${name} whole.qcow2`,
    });
  if (about.encrypted) throw new InputError(`${name} is encrypted`, { remedy: 'decrypt it first' });
  if (format === 'raw') return;
  const check = await qemuImg(['check', '--output=json', '-f', format, path]);
  if (check.failed && !harmless.includes(check.exitCode ?? 1)) throw damaged(name, format, check.why);
  if (format === 'vdi') await checkExtents(path, format, name);
}

/** Of `qemu-img check`: clusters that nobody uses, and a format that has no check. */
const harmless = [3, 63];

/** QEMU's check of VDI does not see that a file ends too early, and reads zeros there. */
async function checkExtents(path: string, format: DiskFormat, name: string): Promise<void> {
  const { size } = await stat(path);
  const { stdout } = await qemuImg(['map', '--output=json', '-f', format, path]);
  const extents = JSON.parse(stdout) as { offset?: number; length: number; data: boolean }[];
  const missing = extents.some(
    ({ offset, length, data }) => data && offset !== undefined && offset + length > size,
  );
  if (missing) throw damaged(name, format, 'it ends before its data do');
}

/**
 * Writes `path` as a qcow2 image at `to`.
 *
 * @throws InputError when it is cut off or damaged
 * @throws CapabilityError when the disk is full
 */
export async function convertDisk(
  path: string,
  format: DiskFormat,
  to: string,
  options: { name?: string; signal?: AbortSignal | undefined } = {},
): Promise<void> {
  const run = await qemuImg(['convert', '-f', format, '-O', 'qcow2', path, to], options.signal);
  if (!run.failed) return;
  if (tellsFullDisk(run.why)) throw await diskFull(dirname(to), (await stat(path)).size);
  throw damaged(options.name ?? path, format, run.why);
}

function damaged(name: string, format: DiskFormat, why: string): InputError {
  return new InputError(`${name} is not a whole ${format} image: ${why}`, {
    remedy: 'see that it was copied to its end',
  });
}
