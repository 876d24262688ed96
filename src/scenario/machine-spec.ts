import type { BootableImage } from '../../images/index.js';
import type { MachineSpec } from '../../testbed/machine.js';
import type { PlannedMachine } from './fleet.js';

/** What a driver is asked for, to have a planned machine of an image listen on `openPorts`. */
export function machineSpec(
  planned: PlannedMachine,
  image: BootableImage,
  openPorts: readonly number[],
): MachineSpec {
  const { id, ramMib, cores, nic, machine, cpu, driver, configuration, application } = planned;
  const { uri, network, runtime } = planned;
  return {
    id,
    image,
    hardware: {
      ...{ ramMib, cores, nic },
      ...(machine !== 'default' && { machine }),
      ...(cpu !== 'default' && { cpu }),
    },
    driver,
    ...(uri !== undefined && { uri }),
    ...(network && { network }),
    ...(runtime && { runtime }),
    sysctls: configuration.sysctls,
    socket: application.socket,
    openPorts,
  };
}
