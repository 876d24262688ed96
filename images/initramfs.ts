import { type CpioEntry, cpioArchive } from './cpio.js';
import type { Module } from './modules.js';

export interface InitramfsContent {
  /** Programs and libraries, with the folders that they lie in. */
  readonly userspace: readonly CpioEntry[];
  /** What is Stackbed's own in a guest, by name; `init` becomes the first process. */
  readonly scripts: Readonly<Record<string, Uint8Array>>;
  /** Kernel modules in the order in which they are to be loaded. */
  readonly modules: readonly Module[];
}

/**
 * The initial file system of a guest; modules are numbered in load order. Uncompressed, since unpacking costs
 * an emulated guest more than loading; equal content gives equal bytes.
 */
export function initramfs({ userspace, scripts, modules }: InitramfsContent): Buffer {
  const folders = ['dev', 'modules', 'proc', 'sys'];
  const entries: CpioEntry[] = [
    ...folders.map((path) => ({ type: 'directory' as const, path })),
    { type: 'character-device', path: 'dev/console', major: 5, minor: 1 },
    ...userspace,
    ...modules.map(({ name, data }, index) => ({
      type: 'file' as const,
      path: `modules/${String(index).padStart(2, '0')}-${name}.ko`,
      data,
    })),
    ...Object.entries(scripts).map(([path, data]) => ({ type: 'file' as const, path, mode: 0o755, data })),
  ];
  return cpioArchive(entries);
}
