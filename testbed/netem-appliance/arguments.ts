import type { BootableImage } from '../../images/index.js';
import type { Accelerator } from '../drivers/qemu/arguments.js';
import { platformOf } from '../drivers/qemu/platform.js';

/** Whose side of the appliance a network card is on. */
export type Side = 'prober' | 'machine';

export const sides: readonly Side[] = ['prober', 'machine'];

/** The network cards as Linux names them there. */
export const interfaces: Readonly<Record<Side, string>> = { prober: 'eth0', machine: 'eth1' };

/** Link-layer addresses of the network cards. */
export const macs: Readonly<Record<Side, string>> = {
  prober: '52:54:00:ab:00:01',
  machine: '52:54:00:ab:00:02',
};

/** The file descriptor on which QEMU finds the port for orders. */
export const ordersDescriptor = 3;

const ramMib = 256;

/** What a card may do for the kernel is off: frames go through as they are, whole, with the checksums that they have. */
const offloads = [
  ...['csum', 'gso', 'guest_csum', 'guest_tso4', 'guest_tso6', 'guest_ecn', 'guest_ufo', 'guest_announce'],
  ...['host_tso4', 'host_tso6', 'host_ecn', 'host_ufo', 'mrg_rxbuf'],
];

/** Arguments of the appliance: its only devices are two cards on the wire and a port for orders. */
export function netemApplianceArguments(
  image: BootableImage,
  accelerator: Accelerator,
  sockets: Readonly<Record<Side, string>>,
): string[] {
  const { console, processor } = platformOf(image.architecture);
  const card = (side: Side, slot: number) => [
    ...['-netdev', `stream,id=${side},server=off,addr.type=unix,addr.path=${sockets[side]}`],
    '-device',
    [
      `virtio-net-pci,netdev=${side},mac=${macs[side]},addr=${slot},romfile=,rx_queue_size=1024`,
      ...offloads.map((name) => `${name}=off`),
    ].join(','),
  ];
  return [
    ...['-name', image.id, '-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot'],
    ...['-M', 'pc', '-accel', accelerator === 'kvm' ? 'kvm' : 'tcg,thread=multi'],
    ...['-cpu', accelerator === 'kvm' ? 'host' : processor, '-m', `${ramMib}M`],
    ...['-serial', 'stdio', '-monitor', 'none', '-kernel', image.kernel, '-initrd', image.initrd],
    ...['-append', `${image.append} console=${console} panic=-1`],
    ...['-chardev', `socket,id=orders,fd=${ordersDescriptor}`, '-device', 'virtio-serial-pci'],
    ...['-device', 'virtserialport,chardev=orders,name=stackbed.orders'],
    ...card('prober', 8),
    ...card('machine', 9),
  ];
}
