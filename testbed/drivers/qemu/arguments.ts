import { machineTypesOf } from '../../hardware.js';
import type { MachineSpec, NetworkIdentity } from '../../machine.js';
import { platformOf } from './platform.js';

export type Accelerator = 'tcg' | 'kvm';

export interface QemuArgumentsOptions {
  readonly spec: MachineSpec;
  readonly network: NetworkIdentity;
  readonly accelerator: Accelerator;
  /** Unix socket on which the wire's stream port listens. */
  readonly socketPath: string;
}

/**
 * What the guest is told on its kernel command line: the image's own arguments, where its console is, and
 * its network. `acpi=off` saves boot time and touches nothing of TCP/IP; `panic=-1` with `-no-reboot` turns
 * a panic into the end of the process.
 */
export function kernelCommandLine(spec: MachineSpec, network: NetworkIdentity): string {
  const socket = Object.entries(spec.socket ?? {}).map(([name, value]) => `${name}=${value}`);
  return [
    spec.image.append,
    `console=${platformOf(spec.image.architecture).console} panic=-1 acpi=off`,
    `stackbed.address=${network.address}/${network.prefix}`,
    `stackbed.gateway=${network.gateway}`,
    `stackbed.open=${spec.openPorts.join(',')}`,
    // Words of the command line are parted by blanks: the guest's init takes `:` for one.
    ...Object.entries(spec.sysctls).map(
      ([name, value]) => `stackbed.sysctl=${name}=${value.trim().replaceAll(/\s+/g, ':')}`,
    ),
    ...(socket.length > 0 ? [`stackbed.socket=${socket.join(',')}`] : []),
  ].join(' ');
}

/**
 * Arguments of one guest: no display, no firmware ROMs, no user networking; its only device to the outside
 * is a NIC on the wire.
 */
export function qemuArguments({ spec, network, accelerator, socketPath }: QemuArgumentsOptions): string[] {
  const { architecture } = spec.image;
  const platform = platformOf(architecture);
  // KVM runs the host's own kind of processor; any other is emulated whatever the accelerator.
  const isNative = accelerator === 'kvm' && process.arch === platform.nativeTo;
  const accel = isNative ? 'kvm' : 'tcg,thread=multi';
  const { machine = machineTypesOf(architecture)[0] } = spec.hardware;
  const { cpu = isNative ? 'host' : platform.processor } = spec.hardware;
  return [
    ...['-name', spec.id, '-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot'],
    ...['-M', machine, '-accel', accel, '-cpu', cpu],
    ...['-m', `${spec.hardware.ramMib}M`, '-smp', String(spec.hardware.cores)],
    ...['-serial', 'stdio', '-monitor', 'none'],
    ...['-kernel', spec.image.kernel, '-initrd', spec.image.initrd],
    ...['-append', kernelCommandLine(spec, network)],
    ...['-netdev', `stream,id=n0,server=off,addr.type=unix,addr.path=${socketPath}`],
    ...['-device', `${spec.hardware.nic},netdev=n0,mac=${network.mac},romfile=`],
  ];
}
