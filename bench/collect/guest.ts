import { readdir, readFile } from 'node:fs/promises';
import type { BootableImage } from '../../images/index.js';
import type { BootOptions } from '../../testbed/boot.js';
import type { Driver } from '../../testbed/machine.js';
import { ports } from './probe.js';

/** The guest that everybody probes. */
export const guestOf = (driver: Driver, image: BootableImage): BootOptions => ({
  driver,
  spec: {
    ...{ id: 'target', image, sysctls: {}, openPorts: [ports.open] },
    hardware: { ramMib: 256, cores: 1, nic: 'virtio-net-pci' },
  },
  ...{ path: { forward: [], reverse: [] }, seed: 1, timeoutMs: 180_000 },
});

/** Ticks of proc(5) a second, as the kernel shows them to programs on every architecture of ours. */
const ticks = 100;

/** Processor time that the emulators started by this process have used so far, seconds. */
export async function guestSeconds(): Promise<number> {
  const numbers = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  let total = 0;
  for (const each of numbers) {
    const stat = await readFile(`/proc/${each}/stat`, 'latin1').catch(() => '');
    const [, name = '', rest = ''] = /^\d+ \((.*)\) (.*)/.exec(stat) ?? [];
    // state, parent, then ten more, user time, system time.
    const fields = rest.split(' ');
    if (name.startsWith('qemu') && Number(fields[1]) === process.pid)
      total += (Number(fields[11]) + Number(fields[12])) / ticks;
  }
  return total;
}
