import type { Appliance } from '../../images/index.js';

const bootsFrom: Readonly<Partial<Record<Appliance['medium'], string>>> = {
  kernel: 'a kernel and its initrd',
  container: "a root file system, on the host's kernel",
};

/** What `images show` says of a machine that is not ours. */
export function applianceLines(appliance: Appliance): [string, string][] {
  const { medium, container, bus, firmware, machine, address, open, ramMib, patienceS } = appliance;
  const where = typeof address === 'object' ? `${address.address}/${address.prefix}, set inside it` : address;
  return [
    ['boots from', bootsFrom[medium] ?? `${medium} (${bus}), ${firmware}`],
    ...(container ? [['starts', container.command.join(' ')] as [string, string]] : []),
    ...(machine === undefined ? [] : [['machine type', machine] as [string, string]]),
    ['memory', `${ramMib} MiB`],
    ['address', where],
    ['open TCP ports', open.length > 0 ? open.join(', ') : 'looked for whenever it has booted'],
    ['patience', `${patienceS} s`],
  ];
}
