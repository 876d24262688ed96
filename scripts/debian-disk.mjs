// Builds a whole Debian as a disk image, to try `stackbed images add` with: systemd, OpenSSH, an address by DHCP.
// Needs root, or user namespaces, and: mmdebstrap syslinux mtools dosfstools fdisk e2fsprogs qemu-utils.
//   node scripts/debian-disk.mjs FOLDER [SUITE]      writes FOLDER/debian-SUITE.qcow2 and FOLDER/debian-SUITE.ova
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { findMirror } from '../dist/images/debian/mirror.js';

const [folder, suite = 'bookworm'] = process.argv.slice(2);
if (!folder) {
  process.stderr.write('usage: node scripts/debian-disk.mjs FOLDER [SUITE]\n');
  process.exit(2);
}
const out = resolve(folder);
mkdirSync(out, { recursive: true });
const work = join(out, '.work');
rmSync(work, { recursive: true, force: true });
mkdirSync(work);
const run = (program, ...args) => execFileSync(program, args, { stdio: ['ignore', 'inherit', 'inherit'] });

const mebibyte = 2 ** 20;
const [bootMib, rootMib] = [96, 1024];
const [bootAt, rootAt] = [1, 1 + bootMib];

// Programs and the kernel, unpacked and configured; what a server has, and nothing that asks the outside.
const tree = join(work, 'tree');
const hooks = [
  'echo debian > "$1/etc/hostname"',
  'mkdir -p "$1/etc/systemd/network"',
  'printf "[Match]\\nType=ether\\n\\n[Network]\\nDHCP=ipv4\\n" > "$1/etc/systemd/network/wire.network"',
  'ln -sf /lib/systemd/system/systemd-networkd.service "$1/etc/systemd/system/multi-user.target.wants/systemd-networkd.service"',
  'echo "/dev/vda2 / ext4 rw 0 1" > "$1/etc/fstab"',
];
run(
  'mmdebstrap',
  '--variant=minbase',
  '--include=systemd-sysv,udev,openssh-server,linux-image-cloud-amd64',
  '--aptopt=Acquire::Languages "none"',
  ...hooks.map((hook) => `--customize-hook=${hook}`),
  suite,
  tree,
  `deb ${(await findMirror()).archive} ${suite} main`,
);

// A boot partition of FAT, which syslinux can be put on without mounting it, and the root behind it.
const boot = join(work, 'boot.fat');
writeFileSync(boot, '');
truncateSync(boot, bootMib * mebibyte);
run('mkfs.fat', '-F', '16', '-n', 'BOOT', boot);
const names = readdirSync(join(tree, 'boot'));
const file = (prefix) =>
  join(
    tree,
    'boot',
    names.find((name) => name.startsWith(prefix)),
  );
writeFileSync(
  join(work, 'syslinux.cfg'),
  'SERIAL 0 115200\nDEFAULT debian\nLABEL debian\n  LINUX vmlinuz\n  INITRD initrd.img\n  APPEND root=/dev/vda2 rw console=ttyS0\n',
);
run('syslinux', '--install', boot);
run('mcopy', '-i', boot, file('vmlinuz-'), '::vmlinuz');
run('mcopy', '-i', boot, file('initrd.img-'), '::initrd.img');
run('mcopy', '-i', boot, join(work, 'syslinux.cfg'), '::syslinux.cfg');
const root = join(work, 'root.ext4');
run('mke2fs', '-q', '-t', 'ext4', '-d', tree, root, `${rootMib}M`);

const raw = join(work, 'disk.raw');
writeFileSync(raw, '');
truncateSync(raw, (rootAt + rootMib + 1) * mebibyte);
execFileSync('sfdisk', ['-q', raw], {
  input: `label: dos\n${bootAt}MiB ${bootMib}MiB 0e *\n${rootAt}MiB ${rootMib}MiB 83\n`,
  stdio: ['pipe', 'inherit', 'inherit'],
});
const disk = openSync(raw, 'r+');
const mbr = ['/usr/lib/syslinux/mbr/mbr.bin', '/usr/lib/SYSLINUX/mbr.bin'].find(existsSync);
writeSync(disk, readFileSync(mbr), 0, 440, 0);
closeSync(disk);
for (const [part, at] of [
  [boot, bootAt],
  [root, rootAt],
])
  run('dd', `if=${part}`, `of=${raw}`, 'bs=1M', `seek=${at}`, 'conv=notrunc,sparse', 'status=none');

const qcow2 = join(out, `debian-${suite}.qcow2`);
run('qemu-img', 'convert', '-O', 'qcow2', raw, qcow2);

// The same as an appliance that VMware or VirtualBox would export.
const vmdk = join(work, 'disk.vmdk');
run('qemu-img', 'convert', '-O', 'vmdk', '-o', 'subformat=streamOptimized', raw, vmdk);
writeFileSync(
  join(work, 'debian.ovf'),
  `<?xml version="1.0"?>
<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1"
  xmlns:rasd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData">
  <References><File ovf:href="disk.vmdk" ovf:id="file1" ovf:size="${statSync(vmdk).size}"/></References>
  <DiskSection><Info>Disks</Info><Disk ovf:capacity="${statSync(raw).size}" ovf:diskId="disk1" ovf:fileRef="file1"/></DiskSection>
  <VirtualSystem ovf:id="debian"><Info>A machine</Info><VirtualHardwareSection><Info>Its hardware</Info>
    <Item><rasd:AllocationUnits>byte * 2^20</rasd:AllocationUnits><rasd:InstanceID>1</rasd:InstanceID>
      <rasd:ResourceType>4</rasd:ResourceType><rasd:VirtualQuantity>512</rasd:VirtualQuantity></Item>
    <Item><rasd:InstanceID>2</rasd:InstanceID><rasd:ResourceSubType>virtio</rasd:ResourceSubType>
      <rasd:ResourceType>10</rasd:ResourceType></Item>
    <Item><rasd:InstanceID>3</rasd:InstanceID><rasd:ResourceSubType>virtio</rasd:ResourceSubType>
      <rasd:ResourceType>20</rasd:ResourceType></Item>
    <Item><rasd:HostResource>ovf:/disk/disk1</rasd:HostResource><rasd:InstanceID>4</rasd:InstanceID>
      <rasd:Parent>3</rasd:Parent><rasd:ResourceType>17</rasd:ResourceType></Item>
  </VirtualHardwareSection></VirtualSystem>
</Envelope>
`,
);
const digest = (name) =>
  createHash('sha256')
    .update(readFileSync(join(work, name)))
    .digest('hex');
writeFileSync(
  join(work, 'debian.mf'),
  `SHA256(debian.ovf)= ${digest('debian.ovf')}\nSHA256(disk.vmdk)= ${digest('disk.vmdk')}\n`,
);
run('tar', '-cf', join(out, `debian-${suite}.ova`), '-C', work, 'debian.ovf', 'debian.mf', 'disk.vmdk');
rmSync(work, { recursive: true });
process.stdout.write(`${qcow2}\n${join(out, `debian-${suite}.ova`)}\n`);
