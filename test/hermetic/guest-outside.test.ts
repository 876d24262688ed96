import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cpioArchive } from '../../images/cpio.js';
import { pullImages } from '../../images/index.js';
import { packageRoot } from '../../src/package-root.js';
import { machineNetwork } from '../../src/probe/addressing.js';
import { boot } from '../../testbed/boot.js';
import { LibvirtDriver } from '../../testbed/drivers/libvirt/driver.js';
import { QemuDriver } from '../../testbed/drivers/qemu/driver.js';
import { Libvirts } from '../../testbed/engines/libvirt.js';
import { Lab } from '../../testbed/lab/lab.js';
import { Lease } from '../../testbed/lease/lease.js';
import { slowdownFactor } from '../../testbed/speed.js';
import { temporaryFolder } from '../support/cli.js';
import { hasLibvirt } from '../support/libvirt.js';
import { HostListeners, outsideAddresses, protocolsSent } from '../support/outside.js';
import { canMakeNamespaces } from '../support/root.js';

/** Says how each attempt ended; the last is one that must succeed. */
const attempts = `
try() {
  /bin/busybox timeout 5 /bin/busybox "$@" > /dev/null 2>&1
  echo "TRIED $? $*"
}
for target in "$@"; do
  try arping -c 1 -w 1 -I eth0 $target &
  try ping -c 1 -W 1 $target &
  try nc -w 1 $target 22 &
  try nslookup example.com $target &
done
wait
try arping -c 1 -w 5 -I eth0 ${machineNetwork.gateway}
`;

/** The guest's own program, with an order to make these attempts. */
async function initramfsWithAttempts(initrd: string): Promise<Buffer> {
  const program = await readFile(join(packageRoot, 'images', 'guest', 'machine.pl'), 'utf8');
  const order = "  attempt => sub { system '/bin/busybox', 'sh', '/attempts', @_ },\n  ready =>";
  const scripts = { 'machine.pl': program.replace('  ready =>', order), attempts };
  // The kernel unpacks one archive after the other: what comes last stays.
  const members = Object.entries(scripts).map(([path, text]) => ({
    ...{ type: 'file' as const, path, mode: 0o755, data: Buffer.from(text) },
  }));
  return Buffer.concat([await readFile(initrd), cpioArchive(members)]);
}

const drivers = [
  { name: 'qemu', network: 'wire' },
  ...(hasLibvirt ? (['wire', 'bridge'] as const).map((network) => ({ name: 'libvirt', network })) : []),
] as const;

test.skipIf(!canMakeNamespaces).each(drivers)(
  'a guest of $name on a $network reaches neither host, nor gateway, nor the outside, and no interface of the host sees it',
  { timeout: 180_000 },
  async ({ name, network }) => {
    const id = 'linux-6.12+deb13';
    const image = (await pullImages([id], {})).get(id)!;
    await using folder = await temporaryFolder();
    const initrd = join(folder.path, 'initramfs');
    await writeFile(initrd, await initramfsWithAttempts(image.initrd));
    const listeners = new HostListeners();
    await using lease = await Lease.acquire();
    const libvirts = new Libvirts(lease, [image.architecture], Lab.of(lease));
    await using booted = await boot({
      driver: name === 'qemu' ? new QemuDriver(lease, 'tcg') : new LibvirtDriver(lease, 'tcg', libvirts),
      spec: {
        ...{ id, image: { ...image, initrd }, network, sysctls: {}, openPorts: [22] },
        hardware: { ramMib: 256, cores: 1, nic: 'virtio-net-pci' },
      },
      path: { forward: [], reverse: [] },
      seed: 1,
      timeoutMs: 60_000 * slowdownFactor(),
    });
    const sent = protocolsSent(booted.link);
    const targets = await outsideAddresses();
    const tried: string[] = [];
    const done = new Promise<void>((resolve) => {
      booted.machine.console.onLine((line) => {
        if (/^TRIED \d/.test(line)) tried.push(line);
        if (line.startsWith('STACKBED DONE attempt')) resolve();
      });
    });
    booted.machine.type!(`attempt ${targets.join(' ')}\n`);
    await done;
    expect(tried).toHaveLength(4 * targets.length + 1);
    expect(tried.filter((line) => /^TRIED (0|127) /.test(line))).toEqual([
      expect.stringContaining(`TRIED 0 arping -c 1 -w 5 -I eth0 ${machineNetwork.gateway}`),
    ]);
    // That they were tried: ARP, ICMP, TCP, UDP.
    expect([...sent].sort()).toEqual(['1', '17', '6', 'arp']);
    await listeners.close();
    expect(listeners.seen).toEqual([]);
  },
);
