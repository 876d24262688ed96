import { type CpioEntry, cpioArchive } from './cpio.js';
import type { Module } from './modules.js';

export interface InitramfsContent {
  /** A static busybox for the guest's architecture. */
  readonly busybox: Uint8Array;
  /** The script that becomes the first process. */
  readonly init: Uint8Array;
  /** Kernel modules in the order in which they are to be loaded. */
  readonly modules: readonly Module[];
}

const applets = ['sh', 'cat', 'ifconfig', 'insmod', 'mount', 'poweroff', 'route', 'sleep', 'httpd'];

/**
 * The initial file system of a guest: busybox, the modules numbered in load order, and `init`. Uncompressed, since
 * unpacking costs an emulated guest more than copying; equal content gives equal bytes.
 */
export function initramfs({ busybox, init, modules }: InitramfsContent): Buffer {
  const folders = ['bin', 'dev', 'lib', 'lib/modules', 'proc', 'sys'];
  const entries: CpioEntry[] = [
    ...folders.map((path) => ({ type: 'directory' as const, path })),
    { type: 'character-device', path: 'dev/console', major: 5, minor: 1 },
    { type: 'file', path: 'bin/busybox', mode: 0o755, data: busybox },
    ...applets.map((name) => ({ type: 'symlink' as const, path: `bin/${name}`, target: 'busybox' })),
    ...modules.map(({ name, data }, index) => ({
      type: 'file' as const,
      path: `lib/modules/${String(index).padStart(2, '0')}-${name}.ko`,
      data,
    })),
    { type: 'file', path: 'init', mode: 0o755, data: init },
  ];
  return cpioArchive(entries);
}
