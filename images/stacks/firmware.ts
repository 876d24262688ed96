import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CapabilityError } from '../../src/errors.js';
import type { OnProgress } from '../progress.js';
import { programFolder } from './compile.js';
import type { ProcessImage, Stack } from './stack.js';
import { uefiApplication } from './uefi.js';

type FirmwareBuild = Extract<Stack['build'], { kind: 'firmware' }>;

const emulator = { program: 'qemu-system-x86_64', debianPackage: 'qemu-system-x86' };

/**
 * Files of firmware or of a boot loader out of unpacked packages, by path in the image's folder, and our own
 * beside them.
 *
 * @throws CapabilityError when a package lacks a file, or an application cannot be compiled
 */
export async function firmwareFiles(
  build: FirmwareBuild,
  id: string,
  tree: string,
  onProgress?: OnProgress,
): Promise<Record<string, Buffer>> {
  const files: Record<string, Buffer> = {};
  for (const [name, path] of Object.entries(build.files)) {
    const data = await readFile(join(tree, path)).catch(() => undefined);
    if (!data) throw new CapabilityError(`none of the packages of ${id} has ${path}`);
    files[name] = data;
  }
  for (const [name, source] of Object.entries(build.own))
    files[name] = source.endsWith('.c')
      ? await uefiApplication(source, id, tree, onProgress)
      : await readFile(join(programFolder, source));
  return files;
}

/**
 * How firmware is started: a PC in QEMU, started in the image's folder, whose console is the serial port and whose
 * only device to the outside is a NIC on the wire. `graphics=off` has SeaBIOS speak on the serial port.
 */
export function firmwareProcess(
  build: FirmwareBuild,
  further: readonly string[],
): Pick<ProcessImage, 'command' | 'programs'> {
  return {
    command: [
      ...[emulator.program, '-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot'],
      ...['-M', 'pc,graphics=off', '-accel', 'tcg', '-cpu', 'max', '-m', '{ram}M'],
      ...['-serial', 'stdio', '-monitor', 'none'],
      ...['-netdev', 'stream,id=n0,server=off,addr.type=unix,addr.path={socket}'],
      ...['-device', `${build.nic},netdev=n0,mac={mac},romfile=`],
      ...further,
    ],
    programs: { [emulator.program]: emulator.debianPackage },
  };
}
