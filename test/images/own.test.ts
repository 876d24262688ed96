import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  addImage,
  collectGarbage,
  loadCatalog,
  OwnCatalog,
  pullImages,
  removeImage,
  verifyStore,
} from '../../images/index.js';
import type { AddOptions } from '../../images/own/add.js';
import { CapabilityError, InputError } from '../../src/errors.js';
import { temporaryFolder } from '../support/cli.js';
import { digestOf, diskImage, ova } from './appliance/files.js';

const hasQemuImg = spawnSync('qemu-img', ['--version']).status === 0;
const labels: AddOptions['labels'] = {
  kernel: ['bsd', 'bsd 4', 'bsd 4.4'],
  distribution: ['bsd', 'bsd', 'bsd'],
};
const disk = 'ovf:diskId="d1" ovf:fileRef="file1"';

describe.skipIf(!hasQemuImg)('an image of the user', () => {
  const before = process.env.STACKBED_CACHE;
  let folder: string;
  let dispose: () => Promise<void>;

  beforeEach(async () => {
    const temporary = await temporaryFolder();
    folder = temporary.path;
    dispose = async () => temporary[Symbol.asyncDispose]();
    process.env.STACKBED_CACHE = join(folder, 'cache');
  });
  afterEach(async () => {
    if (before === undefined) delete process.env.STACKBED_CACHE;
    else process.env.STACKBED_CACHE = before;
    await dispose();
  });

  const add = (file: string, more: Partial<AddOptions> = {}) =>
    addImage({ file, name: 'mine', labels, architecture: 'amd64', ...more });
  const stored = () => readdirSync(join(folder, 'cache/images')).filter((name) => !name.startsWith('.'));
  const kept = (digest: string) => join(folder, 'cache/images', digest, 'disk.qcow2');

  it.each(['qcow2', 'raw', 'vmdk', 'vdi', 'vhdx', 'vpc'])(
    'of the format %s holds the same disk afterwards',
    async (format) => {
      const file = diskImage(folder, `disk.${format}`, format);
      const whole = digestOf(file);
      const { digest, source } = await add(file);
      expect(source).toMatchObject({ name: `disk.${format}`, sha256: whole, format });
      expect(digestOf(file)).toBe(whole);
      expect(
        spawnSync('qemu-img', [
          'compare',
          '-f',
          'raw',
          '-F',
          'qcow2',
          join(folder, 'content.raw'),
          kept(digest),
        ]).status,
      ).toBe(0);
      expect(stored()).toEqual([digest]);
    },
  );

  it('is in the catalogue, is pulled from the store, and goes when it is removed', async () => {
    const { digest } = await add(diskImage(folder, 'disk.qcow2'), { nics: ['rtl8139'], note: 'a note' });
    expect((await loadCatalog()).find('mine')).toMatchObject({
      id: 'mine',
      labels,
      nics: ['rtl8139'],
      note: 'a note',
    });
    const image = (await pullImages(['mine'])).get('mine');
    expect(image).toMatchObject({
      id: 'mine',
      digest,
      labels,
      appliance: { medium: 'disk', address: 'dhcp' },
    });
    expect(await collectGarbage()).toEqual([]);
    expect((await verifyStore()).damaged).toEqual([]);
    expect(await removeImage('mine')).toBeGreaterThan(1 << 20);
    expect(stored()).toEqual([]);
    expect((await loadCatalog()).find('mine')).toBeUndefined();
    await expect(removeImage('mine')).rejects.toThrow('you have added no image called mine');
  });

  it('shares its bytes with another that has the same', async () => {
    const file = diskImage(folder, 'disk.qcow2');
    const { digest } = await add(file);
    expect((await add(file, { name: 'other' })).digest).toBe(digest);
    expect(await removeImage('mine')).toBe(0);
    expect((await pullImages(['other'])).get('other')).toMatchObject({ id: 'other', digest });
  });

  it('of an OVA has the hardware that its descriptor states', async () => {
    const vmdk = diskImage(folder, 'source.vmdk', 'vmdk');
    const manifest = `SHA256(disk.vmdk)= ${digestOf(vmdk)}\n`;
    const file = ova(folder, 'm.ova', { disk, manifest, members: { 'disk.vmdk': vmdk }, firmware: 'efi' });
    const { digest, nics, appliance } = await add(file);
    expect(nics).toEqual(['vmxnet3']);
    expect(appliance).toMatchObject({ ramMib: 768, firmware: 'uefi', medium: 'disk', bus: 'ide' });
    const virtio = ova(folder, 'v.ova', {
      ...{ disk, members: { 'disk.vmdk': vmdk }, nic: 'virtio', controller: 'virtio' },
    });
    expect(await add(virtio, { name: 'virtio' })).toMatchObject({
      nics: ['virtio-net-pci'],
      appliance: { bus: 'virtio' },
    });
    expect(existsSync(kept(digest))).toBe(true);
    expect(
      (await add(file, { name: 'other', nics: ['e1000'], appliance: { ramMib: 512 } })).appliance.ramMib,
    ).toBe(512);
  });

  it('is put together where the OVA cuts its disk into chunks', async () => {
    const vmdk = diskImage(folder, 'source.vmdk', 'vmdk');
    execFileSync('split', ['-b', '300000', '-d', '-a', '9', vmdk, join(folder, 'piece.')]);
    const pieces = readdirSync(folder).filter((name) => name.startsWith('piece.'));
    expect(pieces.length).toBeGreaterThan(2);
    const members = Object.fromEntries(
      pieces.map((name) => [name.replace('piece.', 'disk.vmdk.'), join(folder, name)]),
    );
    const { digest } = await add(ova(folder, 'm.ova', { disk, members }));
    expect(
      spawnSync('qemu-img', [
        'compare',
        '-f',
        'raw',
        '-F',
        'qcow2',
        join(folder, 'content.raw'),
        kept(digest),
      ]).status,
    ).toBe(0);
  });

  it('may be a kernel with its initrd, or an ISO', async () => {
    const kernel = join(folder, 'vmlinuz');
    const bytes = Buffer.alloc(4096);
    bytes.write('HdrS', 0x202);
    writeFileSync(kernel, bytes);
    writeFileSync(join(folder, 'initrd'), 'an initrd');
    expect((await add(kernel, { initrd: join(folder, 'initrd') })).appliance).toMatchObject({
      medium: 'kernel',
      address: 'kernel',
    });
    await expect(add(kernel, { name: 'b' })).rejects.toThrow('which needs an initrd');
    await expect(add(kernel, { name: 'b', initrd: join(folder, 'none') })).rejects.toThrow(
      'there is no such file',
    );
    const iso = join(folder, 'live.iso');
    const image = Buffer.alloc(40_000);
    image.write('CD001', 32_769);
    image.set([0x55, 0xaa], 510);
    writeFileSync(iso, image);
    expect((await add(iso, { name: 'iso' })).appliance.medium).toBe('cdrom');
  });

  describe('that is not right leaves the store as it was:', () => {
    async function refused(file: string, message: string | RegExp, more: Partial<AddOptions> = {}) {
      const good = diskImage(folder, 'good.qcow2');
      const { digest } = await addImage({ file: good, name: 'good', labels, architecture: 'amd64' });
      const error = await add(file, more).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(InputError);
      expect((error as Error).message).toMatch(message);
      expect(stored()).toEqual([digest]);
      expect(readdirSync(join(folder, 'cache/images')).filter((name) => name.startsWith('.'))).toEqual([]);
      expect(Object.keys(await new OwnCatalog().read())).toEqual(['good']);
      expect((await verifyStore()).damaged).toEqual([]);
    }

    it.each(['qcow2', 'vmdk', 'vdi', 'vhdx', 'vpc'])('a %s that is cut off', async (format) => {
      const file = diskImage(folder, `disk.${format}`, format);
      truncateSync(file, 400_000);
      await refused(file, `disk.${format} is not a whole ${format} image`);
    });

    it('one that is none of the formats', async () => {
      const file = join(folder, 'notes.qcow2');
      writeFileSync(file, 'my notes');
      await refused(file, 'notes.qcow2 is not recognised: it begins with 6d 79 20 6e');
    });

    it('an empty file, a folder, and none', async () => {
      writeFileSync(join(folder, 'empty'), '');
      await refused(join(folder, 'empty'), 'nothing, it is empty');
      await expect(add(folder)).rejects.toThrow(InputError);
      await expect(add(join(folder, 'none'))).rejects.toThrow('there is no such file');
    });

    it('one that is packed', async () => {
      const file = diskImage(folder, 'disk.qcow2');
      execFileSync('gzip', [file]);
      await refused(`${file}.gz`, 'is a gzip archive');
    });

    it('one that builds on a file of this machine', async () => {
      const base = diskImage(folder, 'base.raw', 'raw');
      const file = join(folder, 'overlay.qcow2');
      execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', '-b', base, '-F', 'raw', file]);
      await refused(file, `it builds on ${base}`);
    });

    it('one whose digest is another', async () => {
      await refused(diskImage(folder, 'disk.qcow2'), /has the SHA-256 [0-9a-f]{64}, not 0{64}/, {
        sha256: '0'.repeat(64),
      });
    });

    it('an OVA without a disk', async () => {
      await refused(ova(folder, 'm.ova', {}), 'm.ova describes a machine without a disk image');
    });

    it('an OVA that lacks the disk that it describes', async () => {
      await refused(ova(folder, 'm.ova', { disk }), 'does not hold disk.vmdk');
    });

    it('an OVA whose manifest states another digest', async () => {
      const members = { 'disk.vmdk': diskImage(folder, 'source.vmdk', 'vmdk') };
      const manifest = `SHA1(disk.vmdk)= ${'0'.repeat(40)}\n`;
      await refused(
        ova(folder, 'm.ova', { disk, members, manifest }),
        /disk.vmdk in .* has the SHA1 [0-9a-f]{40}, but its manifest states 0{40}/,
      );
    });

    it('an OVA that is cut off', async () => {
      const file = ova(folder, 'm.ova', {
        disk,
        members: { 'disk.vmdk': diskImage(folder, 'source.vmdk', 'vmdk') },
      });
      truncateSync(file, 300_000);
      await refused(file, 'm.ova is not a whole OVA package');
    });

    it('a tar file that is no OVA', async () => {
      writeFileSync(join(folder, 'a'), 'text');
      execFileSync('tar', ['-cf', join(folder, 'a.tar'), '-C', folder, 'a']);
      await refused(join(folder, 'a.tar'), 'is a tar file without an OVF descriptor');
    });

    it('a kernel of another architecture', async () => {
      const kernel = join(folder, 'vmlinuz');
      const bytes = Buffer.alloc(4096);
      bytes.write('ARM\x64', 0x38, 'latin1');
      writeFileSync(kernel, bytes);
      await refused(kernel, 'is a kernel for arm64, not for amd64', { initrd: kernel });
    });

    it('a name that is taken, or none', async () => {
      const file = diskImage(folder, 'disk.qcow2');
      await refused(file, 'there is an image linux-5.10 already', { name: 'linux-5.10' });
      await expect(add(file, { name: 'good' })).rejects.toThrow('there is an image good already');
      await expect(add(file, { name: '../etc' })).rejects.toThrow('cannot be the name of an image');
    });

    it('a disk that is to be told its address by a kernel argument', async () => {
      await refused(diskImage(folder, 'disk.qcow2'), 'cannot be told its address', {
        appliance: { address: 'kernel' },
      });
    });
  });

  it('tells when its bytes are gone from the store', async () => {
    const { digest } = await add(diskImage(folder, 'disk.qcow2'));
    execFileSync('rm', ['-r', join(folder, 'cache/images', digest)]);
    await expect(pullImages(['mine'])).rejects.toThrow('the bytes of your image mine are not in the store');
  });

  it('is refused with what is free when the disk is full, and the store is whole', async ({ skip }) => {
    const cache = join(folder, 'small');
    mkdirSync(cache);
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', cache]).status === 0;
    if (!mounted) skip('a small file system needs root');
    process.env.STACKBED_CACHE = cache;
    try {
      const file = diskImage(folder, 'disk.qcow2');
      const { digest } = await add(file, { name: 'first' });
      const other = join(folder, 'other.raw');
      writeFileSync(
        other,
        Buffer.concat([readFileSync(join(folder, 'content.raw')), Buffer.alloc(2 << 20, 'x')]),
      );
      const error = await add(other).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(CapabilityError);
      expect((error as CapabilityError).message).toMatch(
        /the disk of the image store is full: .*small.* about \d+ MB are needed/,
      );
      expect((error as CapabilityError).remedy).toContain('stackbed images gc');
      expect(readdirSync(join(cache, 'images')).filter((name) => name !== digest)).toEqual([]);
      expect((await pullImages(['first'])).get('first')).toMatchObject({ digest });
      expect((await verifyStore()).damaged).toEqual([]);
    } finally {
      spawnSync('umount', [cache]);
    }
  });
});
