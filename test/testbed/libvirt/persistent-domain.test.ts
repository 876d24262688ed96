import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { InputError } from '../../../src/errors.js';
import { readDomain } from '../../../testbed/drivers/libvirt/persistent-domain.js';
import { startLibvirtd } from '../../../testbed/engines/libvirtd.js';
import { Lease } from '../../../testbed/lease/lease.js';
import { digestOf, diskImage } from '../../images/appliance/files.js';
import { stackbed, temporaryFolder } from '../../support/cli.js';
import { hasLibvirt } from '../../support/libvirt.js';

const domain = (file: string, more = '') => `<domain type='qemu'>
  <name>old server</name>
  <memory unit='KiB'>393216</memory>
  <os><type arch='x86_64' machine='pc-i440fx-7.2'>hvm</type></os>
  <devices>
    <disk type='file' device='cdrom'><target dev='hdc' bus='ide'/></disk>
    <disk type='file'>
      <driver name='qemu' type='qcow2'/><source file='${file}'/><target dev='sda' bus='scsi'/>
    </disk>
    <interface type='user'><model type='rtl8139'/></interface>${more}
  </devices>
</domain>`;

test('disk, hardware and firmware of a domain are taken over', () => {
  expect(readDomain(domain('/d.qcow2', "<interface><model type='virtio'/></interface>"), 'd')).toEqual({
    ...{ file: '/d.qcow2', format: 'qcow2', architecture: 'amd64', nics: ['rtl8139', 'virtio-net-pci'] },
    appliance: { bus: 'scsi', firmware: 'bios', machine: 'pc', ramMib: 384 },
  });
  const uefi = domain('/d').replace('<os>', "<os firmware='efi'>").replace('pc-i440fx', 'pc-q35');
  expect(readDomain(uefi, 'd').appliance).toMatchObject({ firmware: 'uefi', machine: 'q35' });
});

test.each([
  ['a disk on the network', domain('').replace('file=', 'protocol='), /^the disk of the domain d is no file/],
  ['no disk', domain('').replaceAll('disk', 'disc'), /^the domain d has no disk/],
  [
    'a processor that is not known',
    domain('/d').replace('x86_64', 's390x'),
    /processor of the domain d is s390x/,
  ],
  [
    'a bus that is not known',
    domain('/d').replace("'scsi'", "'usb'"),
    /bus of the disk of the domain d is usb/,
  ],
])('%s is refused', (_, xml, words) => {
  expect(() => readDomain(xml, 'd')).toThrow(InputError);
  expect(() => readDomain(xml, 'd')).toThrow(words);
});

const hasQemuImg = spawnSync('qemu-img', ['--version']).status === 0;

describe.skipIf(!hasLibvirt || !hasQemuImg)('a domain of somebody’s libvirt', { timeout: 120_000 }, () => {
  test('becomes an image with its disk unchanged, but not while it runs', async () => {
    await using folder = await temporaryFolder();
    await using lease = await Lease.acquire();
    const { uri } = await startLibvirtd(lease, ['amd64']);
    const virsh = (...order: string[]) => execa('virsh', ['-q', '-c', uri, ...order]);
    const disk = diskImage(folder.path, 'disk.qcow2');
    writeFileSync(join(folder.path, 'domain.xml'), domain(disk));
    await virsh('define', join(folder.path, 'domain.xml'));
    const add = (name: string, ...more: string[]) =>
      stackbed(
        ['images', 'add', '--domain', name, '--uri', uri, '--label', 'kernel=bsd', '--json', ...more],
        { STACKBED_CACHE: join(folder.path, 'cache') },
      );

    expect(await add('other')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining(`has no domain other\n  it has: old server`),
    });
    await virsh('start', 'old server');
    expect(await add('old server')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('the domain old server is running: its disk changes'),
    });
    await virsh('destroy', 'old server');
    const now = digestOf(disk);
    const added = await add('old server', '--ram', '512M');
    expect(added.exitCode, added.stderr).toBe(0);
    expect(JSON.parse(added.stdout)).toMatchObject({
      id: 'old-server',
      nics: ['rtl8139'],
      appliance: { medium: 'disk', bus: 'scsi', machine: 'pc', ramMib: 512 },
      source: { format: 'qcow2', sha256: now },
    });
    expect(digestOf(disk)).toBe(now);
    expect((await virsh('list', '--all', '--name')).stdout.trim()).toBe('old server');
  });
});
