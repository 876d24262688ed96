import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dependencies, withoutSignature } from '../../images/modinfo.js';
import { ModuleTree } from '../../images/modules.js';
import { elf64 } from './elf.js';

const module = (depends: string, more = '') =>
  elf64({ '.modinfo': `license=GPL\0${more}depends=${depends}\0` });

/** What `scripts/sign-file` appends. */
function sign(bytes: Buffer, signature: Buffer): Buffer {
  const information = Buffer.alloc(12);
  information.writeUInt32BE(signature.length, 8);
  return Buffer.concat([bytes, signature, information, Buffer.from('~Module signature appended~\n')]);
}

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stackbed-modules-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function tree(files: Readonly<Record<string, Buffer | string>>): Promise<ModuleTree> {
  for (const [path, data] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), data);
  }
  return ModuleTree.open(folder);
}

describe('dependencies', () => {
  it('reads depends= and the soft dependencies that come before', () => {
    expect(dependencies(module('net_failover,virtio_ring'))).toEqual(['net_failover', 'virtio_ring']);
    expect(dependencies(module('', 'softdep=pre: crc32c libcrc post: late\0'))).toEqual(['crc32c', 'libcrc']);
    expect(dependencies(module(''))).toEqual([]);
  });
});

describe('withoutSignature', () => {
  it('cuts off what signing appended, and nothing else', () => {
    const bytes = module('virtio');
    expect(withoutSignature(sign(bytes, Buffer.alloc(300, 7))).equals(bytes)).toBe(true);
    expect(withoutSignature(bytes).equals(bytes)).toBe(true);
  });
});

describe('ModuleTree', () => {
  it('orders modules so that each comes after what it needs, whatever is a module and what is built in', async () => {
    const modules = await tree({
      'kernel/drivers/net/virtio_net.ko': module('net_failover,virtio,virtio_ring'),
      'kernel/drivers/net/net_failover.ko': module('failover'),
      'kernel/net/core/failover.ko': module(''),
      'kernel/drivers/virtio/virtio.ko': module('virtio_ring'),
      'kernel/drivers/virtio/virtio_ring.ko': module(''),
      'modules.builtin': 'kernel/drivers/virtio/virtio_pci.ko\n',
    });
    const names = (await modules.forNics(['virtio-net-pci'])).map(({ name }) => name);
    expect(names).toEqual(['failover', 'net_failover', 'virtio_ring', 'virtio', 'virtio_net']);
  });

  it('finds a module whose file is named with a hyphen', async () => {
    const modules = await tree({ 'a/virtio-pci.ko': module(''), 'a/virtio_net.ko': module('') });
    expect((await modules.forNics(['virtio-net-pci'])).map(({ name }) => name)).toEqual([
      'virtio_pci',
      'virtio_net',
    ]);
  });

  it('loads what two cards share once', async () => {
    const modules = await tree({
      'e1000.ko': module('mii'),
      'pcnet32.ko': module('mii'),
      'mii.ko': module(''),
    });
    expect((await modules.forNics(['e1000', 'pcnet'])).map(({ name }) => name)).toEqual([
      'mii',
      'e1000',
      'pcnet32',
    ]);
  });

  it('tells which cards the kernel can drive', async () => {
    const modules = await tree({ 'virtio_net.ko': module(''), 'modules.builtin': 'kernel/virtio_pci.ko\n' });
    expect(modules.drivable(['virtio-net-pci', 'e1000'])).toEqual(['virtio-net-pci']);
  });
});
