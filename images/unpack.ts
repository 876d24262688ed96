import { execa } from 'execa';
import { CapabilityError } from '../src/errors.js';

/** Unpacks a package into a folder; its maintainer's scripts are not run. @throws CapabilityError when dpkg cannot */
export async function unpack(deb: string, folder: string): Promise<void> {
  const result = await execa('dpkg-deb', ['-x', deb, folder], { reject: false });
  if (!result.failed) return;
  throw new CapabilityError(`cannot unpack ${deb}: ${result.stderr || result.shortMessage}`, {
    remedy: 'check that dpkg is installed',
  });
}
