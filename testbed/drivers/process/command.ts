import type { ProcessImage } from '../../../images/index.js';
import { formatIpv4Address, parseIpv4Address } from '../../../src/packet/address.js';
import type { MachineSpec, NetworkIdentity } from '../../machine.js';
import { kernelCommandLine } from '../qemu/arguments.js';

/** Where a program finds the wire: a unix socket, or two UDP ports. */
export interface WireEnds {
  readonly socket?: string;
  readonly here?: number;
  readonly there?: number;
}

/** What the placeholders of a `ProcessImage` stand for. */
export type Values = Readonly<Record<string, string | number | undefined>>;

/** @param scratch folder for the program's own temporary files */
export function placeholderValues(
  spec: MachineSpec,
  network: NetworkIdentity,
  ends: WireEnds,
  scratch: string,
): Values {
  const mask = 0xffff_ffff ^ (2 ** (32 - network.prefix) - 1);
  return {
    folder: spec.image.folder,
    node: process.execPath,
    scratch,
    ...network,
    netmask: formatIpv4Address(mask),
    network: formatIpv4Address((parseIpv4Address(network.address) & mask) >>> 0),
    ...ends,
    open: spec.openPorts.join(','),
    ports: spec.openPorts.join(' '),
    ram: spec.hardware.ramMib,
  };
}

/** Fills in the placeholders of one text. */
export function fillIn(text: string, values: Values, id: string): string {
  return text.replaceAll(/\{([a-z]+)\}/g, (placeholder, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`${id} has an unknown placeholder ${placeholder}`);
    return String(value);
  });
}

/** The command line of a program on the wire. */
export function programCommand(
  image: ProcessImage,
  spec: MachineSpec,
  network: NetworkIdentity,
  values: Values,
): string[] {
  return image.command.flatMap((part) =>
    part === '{kernel-arguments}'
      ? kernelCommandLine(spec, network).split(/\s+/)
      : [fillIn(part, values, spec.image.id)],
  );
}
