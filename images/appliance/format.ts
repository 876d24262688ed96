import { type FileHandle, open, stat } from 'node:fs/promises';
import { InputError } from '../../src/errors.js';
import type { Architecture } from '../catalog-schema.js';

/** Formats of disk images by the name that qemu-img has for them. */
export const diskFormats = ['qcow2', 'raw', 'vmdk', 'vdi', 'vhdx', 'vpc'] as const;
export type DiskFormat = (typeof diskFormats)[number];

export type FileFormat =
  | { readonly kind: 'disk'; readonly format: DiskFormat }
  | { readonly kind: 'ova' }
  | { readonly kind: 'iso' }
  | { readonly kind: 'kernel'; readonly architectures: readonly Architecture[] };

/** Bytes at a place that give a format away. */
interface Signature {
  readonly at: number;
  readonly bytes: string;
  readonly format: FileFormat;
}

const disk = (format: DiskFormat): FileFormat => ({ kind: 'disk', format });
const kernel = (...architectures: Architecture[]): FileFormat => ({ kind: 'kernel', architectures });

/** In the order in which they are tried: an ISO may begin like a disk, since it may be written to a stick. */
const signatures: readonly Signature[] = [
  { at: 0, bytes: 'QFI\xfb', format: disk('qcow2') },
  { at: 0, bytes: 'KDMV', format: disk('vmdk') },
  { at: 0, bytes: 'COWD', format: disk('vmdk') },
  { at: 64, bytes: '\x7f\x10\xda\xbe', format: disk('vdi') },
  { at: 0, bytes: 'vhdxfile', format: disk('vhdx') },
  { at: 0, bytes: 'conectix', format: disk('vpc') },
  { at: 257, bytes: 'ustar', format: { kind: 'ova' } },
  { at: 32_769, bytes: 'CD001', format: { kind: 'iso' } },
  { at: 0x202, bytes: 'HdrS', format: kernel('amd64', 'i386') },
  { at: 0x38, bytes: 'ARM\x64', format: kernel('arm64') },
  { at: 0x38, bytes: 'RSC\x05', format: kernel('riscv64') },
  { at: 512, bytes: 'EFI PART', format: disk('raw') },
  { at: 510, bytes: '\x55\xaa', format: disk('raw') },
];

/** Formats that are recognised in order to say what to do with them. */
const packed: readonly (readonly [bytes: string, name: string, remedy: string])[] = [
  ['\x1f\x8b', 'gzip', 'gunzip --keep'],
  ['\xfd7zXZ', 'xz', 'unxz --keep'],
  ['BZh', 'bzip2', 'bunzip2 --keep'],
  ['\x28\xb5\x2f\xfd', 'Zstandard', 'unzstd'],
  ['PK\x03\x04', 'ZIP', 'unzip'],
  ['7z\xbc\xaf', '7-Zip', '7z x'],
];

async function bytesAt(file: FileHandle, at: number, length: number): Promise<string> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await file.read(buffer, 0, length, at);
  return buffer.toString('latin1', 0, bytesRead);
}

/**
 * What `path` is, told from its bytes and never from its name.
 *
 * @throws InputError when it cannot be read or is none of the formats
 */
export async function detectFormat(path: string): Promise<FileFormat> {
  const info = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw new InputError(
      `cannot read ${path}: ${error.code === 'ENOENT' ? 'there is no such file' : error.message}`,
    );
  });
  if (!info.isFile()) throw new InputError(`${path} is not a file`);
  const file = await open(path, 'r').catch((error: Error) => {
    throw new InputError(`cannot read ${path}: ${error.message}`);
  });
  try {
    for (const { at, bytes, format } of signatures)
      if ((await bytesAt(file, at, bytes.length)) === bytes) return format;
    const start = await bytesAt(file, 0, 64);
    for (const [bytes, name, remedy] of packed)
      if (start.startsWith(bytes))
        throw new InputError(`${path} is a ${name} archive`, {
          remedy: `unpack it first: ${remedy} ${path}`,
        });
    if (start.includes('# Disk DescriptorFile'))
      throw new InputError(`${path} describes a VMDK whose data lies in other files`, {
        remedy: `make one file of it: qemu-img convert -O qcow2 ${path} disk.qcow2`,
      });
    throw new InputError(`${path} is not recognised: it begins with ${shown(start)}`, {
      remedy:
        'known are qcow2, raw (with a partition table or boot sector), VMDK, VDI, VHDX, VHD, OVA, ISO and Linux kernels;' +
        ' --format names that of a disk which is not recognised',
    });
  } finally {
    await file.close();
  }
}

function shown(text: string): string {
  const bytes = Buffer.from(text.slice(0, 8), 'latin1');
  return bytes.length === 0
    ? 'nothing, it is empty'
    : [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
}
