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

/**
 * How time passes in the appliance. `real`: as for the host, so that waits are longer where the host is busy.
 * `counted`: by the instructions that it executes, 4 ns each, and not while it is kept from executing. Counted time is exact
 * whatever the host does, but passes at another speed than the host's, and keeps one of its processors busy. Only emulation
 * can count.
 */
export type Time = 'real' | 'counted';

export interface NetemApplianceArguments {
  readonly image: BootableImage;
  readonly accelerator: Accelerator;
  readonly time: Time;
  /** Unix sockets on which the wire's stream ports listen. */
  readonly sockets: Readonly<Record<Side, string>>;
  /** Files in which QEMU records what each card sends. */
  readonly recordings?: Readonly<Record<Side, string>> | undefined;
}

function clockArguments({ accelerator, time }: NetemApplianceArguments): string[] {
  if (time === 'counted') return ['-accel', 'tcg,thread=single', '-icount', 'shift=2,sleep=on'];
  return ['-accel', accelerator === 'kvm' ? 'kvm' : 'tcg,thread=multi'];
}

/** Arguments of the appliance: its only devices are two cards on the wire and a port for orders. */
export function netemApplianceArguments(options: NetemApplianceArguments): string[] {
  const { image, accelerator, time, sockets, recordings } = options;
  const { console, processor } = platformOf(image.architecture);
  const native = accelerator === 'kvm' && time === 'real';
  const counted = time === 'counted';
  // A processor that sleeps would be woken by the host, in the host's time; so would what sends a card's frames.
  const idle = counted ? ' idle=poll' : '';
  const sending = counted ? ['ioeventfd=off', 'tx=timer', 'x-txtimer=1000'] : [];
  const card = (side: Side, slot: number) => [
    ...['-netdev', `stream,id=${side},server=off,addr.type=unix,addr.path=${sockets[side]}`],
    '-device',
    [
      `virtio-net-pci,netdev=${side},mac=${macs[side]},addr=${slot},romfile=,rx_queue_size=1024`,
      ...offloads.map((name) => `${name}=off`),
      ...sending,
    ].join(','),
    ...(recordings
      ? ['-object', `filter-dump,id=r${slot},netdev=${side},queue=rx,file=${recordings[side]}`]
      : []),
  ];
  return [
    ...['-name', image.id, '-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot'],
    ...['-M', 'pc', ...clockArguments(options), '-cpu', native ? 'host' : processor, '-m', `${ramMib}M`],
    ...['-serial', 'stdio', '-monitor', 'none', '-kernel', image.kernel, '-initrd', image.initrd],
    ...['-append', `${image.append} console=${console} panic=-1${idle}`],
    ...['-chardev', `socket,id=orders,fd=${ordersDescriptor}`, '-device', 'virtio-serial-pci'],
    ...['-device', 'virtserialport,chardev=orders,name=stackbed.orders'],
    ...card('prober', 8),
    ...card('machine', 9),
  ];
}
