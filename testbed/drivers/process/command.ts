import type { ProcessImage } from '../../../images/index.js';
import type { MachineSpec, NetworkIdentity } from '../../machine.js';
import { kernelCommandLine } from '../qemu/arguments.js';

/** Where a program finds the wire: a unix socket, or two UDP ports. */
export interface WireEnds {
  readonly socket?: string;
  readonly here?: number;
  readonly there?: number;
}

/**
 * The command line of a program on the wire, its placeholders (`ProcessImage.command`) filled in.
 *
 * @param scratch folder for the program's own temporary files
 */
export function programCommand(
  image: ProcessImage,
  spec: MachineSpec,
  network: NetworkIdentity,
  ends: WireEnds,
  scratch: string,
): string[] {
  const values: Readonly<Record<string, string | number | undefined>> = {
    folder: spec.image.folder,
    scratch,
    ...network,
    ...ends,
    open: spec.openPorts.join(','),
    ram: spec.hardware.ramMib,
  };
  return image.command.flatMap((part) => {
    if (part === '{kernel-arguments}') return kernelCommandLine(spec, network).split(/\s+/);
    return part.replaceAll(/\{([a-z]+)\}/g, (placeholder, name: string) => {
      const value = values[name];
      if (value === undefined) throw new Error(`${spec.image.id} has an unknown placeholder ${placeholder}`);
      return String(value);
    });
  });
}
