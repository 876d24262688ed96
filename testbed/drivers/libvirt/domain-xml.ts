import { InputError } from '../../../src/errors.js';
import { machineTypesOf } from '../../hardware.js';
import type { MachineSpec, NetworkIdentity } from '../../machine.js';
import { type Accelerator, kernelCommandLine } from '../qemu/arguments.js';
import { platformOf } from '../qemu/platform.js';
import { type Element, element, renderXml } from './xml.js';

/** What a domain is joined to: its NIC, and the serial port on which it prints and is typed to. */
export interface DomainEnds {
  /** A stream port of the wire on the loopback, or a tap device that there is. */
  readonly nic: { readonly tcpPort: number } | { readonly tap: string };
  /** A port of the loopback, or a unix socket. */
  readonly console: { readonly tcpPort: number } | { readonly socket: string };
}

export interface DomainOptions {
  readonly spec: MachineSpec;
  readonly network: NetworkIdentity;
  readonly accelerator: Accelerator;
  /** Unique on the host. */
  readonly name: string;
  /** Mark of the lease that the domain belongs to. */
  readonly mark: string;
  readonly ends: DomainEnds;
  /** Whether libvirt would give files that it opens to another user, which it must not do to the image store. */
  readonly ownership: boolean;
}

/** Namespace of what Stackbed writes into a domain's metadata: the mark of its lease. */
export const metadataNamespace = 'urn:stackbed:lease';
const qemuNamespace = 'http://libvirt.org/schemas/domain/qemu/1.0';
const loopback = '127.0.0.1';

/** Names that libvirt has for what QEMU calls otherwise. */
const architectures: Readonly<Record<string, string>> = {
  amd64: 'x86_64',
  i386: 'i686',
  arm64: 'aarch64',
  riscv64: 'riscv64',
};
const nicModels: Readonly<Record<string, string>> = { 'virtio-net-pci': 'virtio' };

function cpu({ image, hardware }: MachineSpec, isNative: boolean): Element[] {
  const { processor } = platformOf(image.architecture);
  const model = hardware.cpu ?? (isNative ? 'host' : processor);
  if (model === 'host') return [element('cpu', { mode: 'host-passthrough', check: 'none' })];
  if (model === 'max') return [element('cpu', { mode: 'maximum', check: 'none' })];
  // libvirt knows no models of RISC-V; QEMU's default is the one meant.
  if (image.architecture === 'riscv64') return [];
  const attributes = { mode: 'custom', match: 'exact', check: 'none' };
  return [element('cpu', attributes, [element('model', { fallback: 'forbid' }, model)])];
}

/** Ends the domain where QEMU would start the machine anew: a panic or an exit is then seen as one. */
const endings = ['on_poweroff', 'on_reboot', 'on_crash'].map((event) => element(event, {}, 'destroy'));

/** Left to itself libvirt puts it behind a port for hot-plugging, which a kernel without ACPI does not look behind. */
const onRootBus = element('address', { type: 'pci', domain: 0, bus: 0, slot: 2, function: 0 });

function serialPort({ console }: DomainEnds): Element {
  const target = element('target', { port: 0 });
  if ('socket' in console)
    return element('serial', { type: 'unix' }, [
      element('source', { mode: 'connect', path: console.socket }),
      target,
    ]);
  return element('serial', { type: 'tcp' }, [
    element('source', { mode: 'connect', host: loopback, service: console.tcpPort }),
    element('protocol', { type: 'raw' }),
    target,
  ]);
}

const off = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, 'off']));

/** A stream port offers no offload to virtio; a tap device would, and frames would have unfinished checksums. */
const noOffloads = element('driver', { name: 'qemu' }, [
  element('host', off(['csum', 'gso', 'tso4', 'tso6', 'ecn', 'ufo'])),
  element('guest', off(['csum', 'tso4', 'tso6', 'ecn', 'ufo'])),
]);

function source({ nic }: DomainEnds, model: string): { type: string; inside: Element[] } {
  if ('tcpPort' in nic)
    return { type: 'client', inside: [element('source', { address: loopback, port: nic.tcpPort })] };
  return {
    type: 'ethernet',
    inside: [element('target', { dev: nic.tap, managed: 'no' }), ...(model === 'virtio' ? [noOffloads] : [])],
  };
}

function devices({ spec, network, ends }: DomainOptions): Element {
  const { nic } = spec.hardware;
  const model = nicModels[nic] ?? nic;
  const { type, inside } = source(ends, model);
  return element('devices', {}, [
    element('controller', { type: 'usb', model: 'none' }),
    serialPort(ends),
    element('interface', { type }, [
      element('mac', { address: network.mac }),
      ...inside,
      element('model', { type: model }),
      element('rom', { enabled: 'no' }),
      ...(spec.hardware.machine === 'q35' ? [onRootBus] : []),
    ]),
    element('audio', { id: 1, type: 'none' }),
    element('memballoon', { model: 'none' }),
  ]);
}

/**
 * A transient domain with the hardware that the driver `qemu` gives the same machine (`qemuArguments`): the
 * image's kernel, one serial port, one NIC on the wire and no other device. Its environment carries the lease's mark.
 *
 * @throws InputError for an image that does not boot from a kernel of ours
 */
export function domainXml(options: DomainOptions): string {
  const { spec, network, accelerator, name, mark } = options;
  const { image, hardware } = spec;
  if (image.appliance || image.process)
    throw new InputError(`${image.id} cannot be booted by libvirt: only kernels of the catalogue can`);
  const { nativeTo } = platformOf(image.architecture);
  const isNative = accelerator === 'kvm' && process.arch === nativeTo;
  const { machine = machineTypesOf(image.architecture)[0] } = hardware;
  const type = { arch: architectures[image.architecture]!, machine };
  // `virt` has no ACPI without UEFI firmware.
  const features = machine === 'virt' ? [] : [element('features', {}, [element('acpi'), element('apic')])];
  const domain = element('domain', { type: isNative ? 'kvm' : 'qemu', 'xmlns:qemu': qemuNamespace }, [
    element('name', {}, name),
    element('title', {}, spec.id),
    element('metadata', {}, [element('stackbed:lease', { 'xmlns:stackbed': metadataNamespace }, mark)]),
    element('memory', { unit: 'MiB' }, String(hardware.ramMib)),
    element('vcpu', {}, String(hardware.cores)),
    element('os', {}, [
      element('type', type, 'hvm'),
      element('kernel', {}, image.kernel),
      element('initrd', {}, image.initrd),
      element('cmdline', {}, kernelCommandLine(spec, network)),
    ]),
    ...features,
    ...cpu(spec, isNative),
    ...endings,
    devices(options),
    ...(options.ownership ? [element('seclabel', { type: 'none', model: 'dac' })] : []),
    element('qemu:commandline', {}, [element('qemu:env', { name: 'STACKBED_LEASE', value: mark })]),
  ]);
  return `${renderXml(domain)}\n`;
}
