import { execa } from 'execa';
import { CapabilityError } from '../src/errors.js';
import { diskFull, tellsFullDisk } from './storage-fault.js';

/** Bytes of a package's files, as it states them (deb-control(5)). */
async function installedSize(deb: string): Promise<number | undefined> {
  const { stdout } = await execa('dpkg-deb', ['-f', deb, 'Installed-Size'], { reject: false });
  return Number(stdout) > 0 ? Number(stdout) * 1024 : undefined;
}

/** Unpacks a package into a folder; its maintainer's scripts are not run. @throws CapabilityError when dpkg cannot */
export async function unpack(deb: string, folder: string): Promise<void> {
  const result = await execa('dpkg-deb', ['-x', deb, folder], { reject: false });
  if (!result.failed) return;
  if (tellsFullDisk(result.stderr)) throw await diskFull(folder, await installedSize(deb));
  throw new CapabilityError(`cannot unpack ${deb}: ${result.stderr || result.shortMessage}`, {
    remedy: 'check that dpkg is installed',
  });
}
