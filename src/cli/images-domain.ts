import type { AddOptions } from '../../images/index.js';
import { persistentDomain } from '../../testbed/drivers/libvirt/persistent-domain.js';
import { Virsh } from '../../testbed/drivers/libvirt/virsh.js';
import { usualLibvirt } from '../../testbed/engines/libvirt.js';
import { InputError } from '../errors.js';

/** Where the machine to be added is: a file, or a domain of a libvirt. */
export interface Whence {
  readonly domain?: string;
  readonly uri?: string;
  readonly command?: string;
}

/** What is known of a machine before anything is said of it: its file, and the hardware of a domain. */
export async function startOf(
  file: string | undefined,
  { domain, uri, command }: Whence,
): Promise<Pick<AddOptions, 'file'> & Partial<AddOptions>> {
  if (command !== undefined) throw new InputError('--command is for containers: add --container');
  if ((file === undefined) === (domain === undefined))
    throw new InputError('name either a file or, with --domain, a machine of libvirt');
  if (domain === undefined) return { file: file! };
  const there = uri ?? (await usualLibvirt()) ?? 'qemu:///system';
  const virsh = await Virsh.connect(there, { folder: '.', environment: () => process.env });
  return persistentDomain(virsh, domain);
}
