import type { Catalog } from '../../images/index.js';

const usualRamMib = 256;
const usualNic = 'virtio-net-pci';

/** Memory and NIC model that an image gets when a scenario names none: its own, where it has such a thing. */
export function usualHardware(catalog: Catalog, image: string): { ramMib: number; nic: string } {
  const entry = catalog.find(image);
  const appliance = entry?.own?.appliance ?? entry?.appliance?.machine;
  return { ramMib: appliance?.ramMib ?? usualRamMib, nic: entry?.nics[0] ?? usualNic };
}
