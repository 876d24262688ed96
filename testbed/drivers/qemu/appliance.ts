import { join } from 'node:path';
import { type Appliance, type BootableImage, mediumFile } from '../../../images/index.js';
import { InputError } from '../../../src/errors.js';
import { formatIpv4Address } from '../../../src/packet/address.js';
import type { NetworkIdentity } from '../../machine.js';
import { platformOf } from './platform.js';

/** A controller that QEMU must be given for a bus, and the kinds of drive on it. */
const buses: Readonly<
  Record<Appliance['bus'], { readonly controller?: string; readonly disk: string; readonly cdrom: string }>
> = {
  ide: { disk: 'ide-hd', cdrom: 'ide-cd' },
  virtio: { controller: 'virtio-scsi-pci', disk: 'virtio-blk-pci', cdrom: 'scsi-cd' },
  scsi: { controller: 'lsi53c895a', disk: 'scsi-hd', cdrom: 'scsi-cd' },
};

/**
 * What a machine that is not ours boots from, as QEMU arguments. A disk is always opened as a snapshot: what the
 * guest writes goes to an unnamed temporary file, never to the image.
 *
 * @param firmware arguments of its firmware, from `firmwareArguments`
 */
export function applianceArguments(
  image: BootableImage,
  appliance: Appliance,
  network: NetworkIdentity,
  firmware: readonly string[],
): string[] {
  if (appliance.medium === 'kernel')
    return [
      '-kernel',
      image.kernel,
      '-initrd',
      image.initrd,
      '-append',
      commandLine(image, appliance, network),
    ];
  const { medium, bus } = appliance;
  if (medium === 'container') throw new InputError(`${image.id} is a container, which QEMU cannot boot`);
  const { controller, [medium]: device } = buses[bus];
  const format = medium === 'disk' ? 'qcow2' : 'raw';
  // A comma in a path would begin the next option.
  const file = join(image.folder, mediumFile[medium]).replaceAll(',', ',,');
  const needed = controller !== undefined && device !== 'virtio-blk-pci';
  return [
    ...firmware,
    // Boot loaders may draw before they do anything else.
    ...['-vga', image.architecture === 'amd64' || image.architecture === 'i386' ? 'std' : 'none'],
    ...(needed ? ['-device', controller] : []),
    ...['-drive', `if=none,id=medium,file=${file},format=${format},snapshot=on,media=${medium}`],
    // Left to itself QEMU begins with the second channel, and old systems look for their root on the first.
    ...['-device', `${device},drive=medium,bootindex=0${bus === 'ide' ? ',bus=ide.0' : ''}`],
  ];
}

/** `ip=` is understood by kernels with CONFIG_IP_PNP and by most initramfs (nfsroot.txt of the kernel). */
function commandLine(
  { append, architecture }: BootableImage,
  { address }: Appliance,
  network: NetworkIdentity,
): string {
  const { prefix, gateway } = network;
  const mask = formatIpv4Address((0xffff_ffff << (32 - prefix)) >>> 0);
  return [
    append,
    `console=${platformOf(architecture).console}`,
    ...(address === 'kernel' ? [`ip=${network.address}::${gateway}:${mask}:::off`] : []),
    ...(address === 'dhcp' ? ['ip=dhcp'] : []),
  ]
    .join(' ')
    .trim();
}
