import { machineTypesOf } from '../../hardware.js';
import type { MachineSpec, NetworkIdentity } from '../../machine.js';
import { applianceArguments } from './appliance.js';
import { platformOf } from './platform.js';

export type Accelerator = 'tcg' | 'kvm';

export interface QemuArgumentsOptions {
  readonly spec: MachineSpec;
  readonly network: NetworkIdentity;
  readonly accelerator: Accelerator;
  /** Unix socket on which the wire's stream port listens. */
  readonly socketPath: string;
  /** Arguments for the firmware of an appliance. */
  readonly firmware?: readonly string[];
  /** Set to save a snapshot of the guest, or to restore it: the guest then waits for its orders. */
  readonly snapshot?: {
    /** The file that is the guest's memory. */
    readonly memory: string;
    /** `save` writes into that file; `restore` begins with it and never changes it. */
    readonly purpose: 'save' | 'restore';
  };
}

/** The file descriptor on which QEMU finds its monitor when there is a snapshot to save or restore. */
export const monitorDescriptor = 3;

function ownArguments({ image }: MachineSpec): string[] {
  const { console, arguments: own } = platformOf(image.architecture);
  // `panic=-1` with `-no-reboot` turns a panic into the end of the process; `acpi=off` saves boot time, and
  // `init_on_alloc=0` the clearing of each packet's memory. None touches anything of TCP/IP.
  return [image.append, `console=${console} panic=-1 acpi=off init_on_alloc=0`, ...own];
}

/**
 * What the guest is told on its kernel command line: the image's own arguments, where its console is, its
 * network, and what images/guest/machine.pl is to do.
 */
export function kernelCommandLine(spec: MachineSpec, network: NetworkIdentity): string {
  const socket = Object.entries(spec.socket ?? {}).map(([name, value]) => `${name}=${value}`);
  return [
    ...ownArguments(spec),
    `stackbed.address=${network.address}/${network.prefix}`,
    `stackbed.gateway=${network.gateway}`,
    `stackbed.open=${spec.openPorts.join(',')}`,
    ...Object.entries(spec.sysctls).map(([name, value]) => `stackbed.sysctl=${sysctlWord(name, value)}`),
    ...(socket.length > 0 ? [`stackbed.socket=${socket.join(',')}`] : []),
  ].join(' ');
}

/** Words are parted by blanks: the guest takes `:` for one. */
export function sysctlWord(name: string, value: string): string {
  return `${name}=${value.trim().replaceAll(/\s+/g, ':')}`;
}

/** What the guest starts with: a kernel of ours, or whatever an appliance has. */
function bootArguments({ spec, network, snapshot, firmware = [] }: QemuArgumentsOptions): string[] {
  const { image } = spec;
  if (image.appliance) return applianceArguments(image, image.appliance, network, firmware);
  const waits = [...ownArguments(spec), 'stackbed.wait'].join(' ');
  const append = snapshot ? waits : kernelCommandLine(spec, network);
  return ['-kernel', image.kernel, '-initrd', image.initrd, '-append', append];
}

/**
 * Arguments of one guest: no display, no user networking; its only device to the outside is a NIC on the wire,
 * which has no firmware ROM.
 */
export function qemuArguments(options: QemuArgumentsOptions): string[] {
  const { spec, network, accelerator, socketPath, snapshot } = options;
  const { architecture } = spec.image;
  const platform = platformOf(architecture);
  // KVM runs the host's own kind of processor; any other is emulated whatever the accelerator.
  const isNative = accelerator === 'kvm' && process.arch === platform.nativeTo;
  const accel = isNative ? 'kvm' : 'tcg,thread=multi';
  const { machine = machineTypesOf(architecture)[0] } = spec.hardware;
  const { cpu = isNative ? 'host' : platform.processor } = spec.hardware;
  const memory = `${spec.hardware.ramMib}M`;
  return [
    ...['-name', spec.id, '-nodefaults', '-no-user-config', '-display', 'none'],
    // A machine that is not ours may start itself anew as part of its first boot.
    ...(spec.image.appliance ? [] : ['-no-reboot']),
    ...['-M', snapshot ? `${machine},memory-backend=ram` : machine, '-accel', accel, '-cpu', cpu],
    ...['-m', memory, '-smp', String(spec.hardware.cores)],
    ...['-serial', 'stdio', '-monitor', 'none'],
    ...bootArguments(options),
    ...['-netdev', `stream,id=n0,server=off,addr.type=unix,addr.path=${socketPath}`],
    ...['-device', `${spec.hardware.nic},netdev=n0,mac=${network.mac},romfile=${sending(spec)}`],
    ...(snapshot ? snapshotArguments(snapshot, memory) : []),
  ];
}

/**
 * What virtio sends it sends together, at most 0.15 ms later (QEMU's x-txtimer): under emulation a packet then costs
 * the guest half.
 */
function sending({ hardware }: MachineSpec): string {
  return hardware.nic === 'virtio-net-pci' ? ',tx=timer' : '';
}

function snapshotArguments(
  { memory, purpose }: NonNullable<QemuArgumentsOptions['snapshot']>,
  size: string,
): string[] {
  const share = purpose === 'save' ? 'on' : 'off';
  return [
    ...['-object', `memory-backend-file,id=ram,size=${size},mem-path=${memory},share=${share}`],
    ...['-chardev', `socket,id=monitor,fd=${monitorDescriptor}`, '-mon', 'chardev=monitor,mode=control'],
    ...(purpose === 'restore' ? ['-incoming', 'defer'] : []),
  ];
}
