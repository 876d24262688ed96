import { existsSync } from 'node:fs';
import { appendFile, mkdir, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { exclusively } from '../../images/exclusive.js';
import {
  collectGarbage,
  copyLock,
  diskUse,
  listStored,
  pullImages,
  verifyStore,
} from '../../images/index.js';
import { CapabilityError, InputError } from '../../src/errors.js';
import { stackbed } from '../support/cli.js';
import { FakeArchive } from './archive.js';

const hasApt =
  existsSync('/usr/lib/apt/apt-helper') && existsSync('/usr/share/keyrings/debian-archive-keyring.gpg');

const older = '6.12.115+deb13-cloud-amd64';
const newest = '6.12.117+deb13-cloud-amd64';
const noProcess = 2 ** 22 + 1;

let archive: FakeArchive;
const images = () => join(archive.cache, 'images');
const packages = () => join(archive.cache, 'packages');
const lockPath = () => join(archive.cache, 'images.lock.json');
const pullOne = async (id: string) => (await pullImages([id])).get(id)!;
const sameImage = async () => (await pullOne('linux-6.12')).digest;

async function flipByte(path: string): Promise<void> {
  const file = await open(path, 'r+');
  const byte = Buffer.alloc(1);
  await file.read(byte, 0, 1, 20);
  await file.write(Buffer.from([byte[0]! ^ 1]), 0, 1, 20);
  await file.close();
}

function newArchive(): void {
  archive = new FakeArchive();
  archive.addKernel('trixie-security', older, '6.12.115-1');
  archive.addKernel('trixie-security', newest, '6.12.117-1');
  archive.add('trixie', 'user-mode-linux', '6.12-1', {
    'usr/bin/linux.uml': 'a kernel that is a program, of some length',
    'usr/lib/uml/modules/6.12.101/modules.builtin': '',
  });
}

describe.skipIf(!hasApt)('an image that was damaged', () => {
  beforeAll(newArchive);
  afterAll(() => archive.close());

  const harms: [string, (folder: string) => Promise<void>, RegExp][] = [
    ['a flipped byte of the kernel', (at) => flipByte(join(at, 'kernel')), /^kernel has another SHA-256/],
    ['a flipped byte of the initramfs', (at) => flipByte(join(at, 'initrd')), /^initrd has another SHA-256/],
    ['a file that is not there', (at) => rm(join(at, 'initrd')), /^initrd is missing/],
    ['a folder in place of a file', replaceByFolder, /^kernel cannot be read/],
    ['a file too many', (at) => writeFile(join(at, 'libc.so.6'), ''), /^libc.so.6 does not belong/],
    [
      'a cut description',
      (at) => writeFile(join(at, 'image.json'), '{"id": "li'),
      /^image.json is missing, dam/,
    ],
    ['no description', (at) => rm(join(at, 'image.json')), /^image.json is missing/],
    ['a description that was changed', changeDigest, /^kernel has another SHA-256/],
  ];

  async function replaceByFolder(folder: string): Promise<void> {
    await rm(join(folder, 'kernel'));
    await mkdir(join(folder, 'kernel'));
  }

  async function changeDigest(folder: string): Promise<void> {
    const path = join(folder, 'image.json');
    const record = JSON.parse(await readFile(path, 'utf8'));
    record.files.kernel = record.files.initrd;
    await writeFile(path, JSON.stringify(record));
  }

  it.each(harms)(
    'is found: %s; removed, the next pull makes the same image again',
    async (_, harm, fault) => {
      const { digest, folder } = await pullOne('linux-6.12');
      await harm(folder);
      const expected = { kind: 'image', path: folder, fault: expect.stringMatching(fault) };
      expect((await verifyStore()).damaged).toMatchObject([expected]);
      expect(existsSync(folder)).toBe(true);
      expect((await verifyStore({ remove: true })).damaged).toMatchObject([expected]);
      expect(existsSync(folder)).toBe(false);
      expect(await sameImage()).toBe(digest);
      expect((await verifyStore()).damaged).toEqual([]);
    },
  );
});

describe.skipIf(!hasApt)('verifyStore', () => {
  beforeEach(newArchive);
  afterEach(() => archive.close());

  it('finds nothing in a store that is whole', async () => {
    await pullImages(['linux-6.12', 'uml-6.12']);
    const { damaged, bytes, ...counts } = await verifyStore();
    expect(damaged).toEqual([]);
    expect(counts).toEqual({ images: 2, packages: 6 });
    const use = await diskUse();
    expect(bytes).toBe(use.images.bytes + use.packages.bytes);
  });

  it('finds a flipped byte of a program', async () => {
    const { folder } = await pullOne('uml-6.12');
    await flipByte(join(folder, 'linux'));
    expect((await verifyStore()).damaged).toMatchObject([
      { id: 'uml-6.12@6.12', fault: expect.stringMatching(/^linux has another/) },
    ]);
  });

  it('finds a program that would be started in another way', async () => {
    const { folder } = await pullOne('uml-6.12');
    const path = join(folder, 'image.json');
    await writeFile(path, (await readFile(path, 'utf8')).replace('{folder}/linux', '/bin/true'));
    expect((await verifyStore()).damaged).toMatchObject([
      { fault: expect.stringMatching(/^image.json describes another image/) },
    ]);
  });

  it('finds a flipped byte of a package, which is fetched again', async () => {
    const digest = await sameImage();
    const path = join(packages(), (await readdir(packages()))[0]!);
    await flipByte(path);
    expect((await verifyStore()).damaged).toMatchObject([{ kind: 'package', path }]);
    expect((await verifyStore({ remove: true })).damaged).toHaveLength(1);
    await rm(images(), { recursive: true });
    expect(await sameImage()).toBe(digest);
    expect((await verifyStore()).damaged).toEqual([]);
  });

  it('says on the command line what is damaged and what to do, with exit code 2', async () => {
    const { folder } = await pullOne('linux-6.12');
    await flipByte(join(folder, 'kernel'));
    const { stdout, stderr, exitCode } = await stackbed(['images', 'verify']);
    expect(exitCode).toBe(2);
    expect(stdout).toMatch(/^1 images and 5 packages read, .*; 1 damaged$/);
    expect(stderr).toContain(`damaged image linux-${newest}: kernel has another SHA-256`);
    expect(stderr).toContain('images verify --remove');
    const removed = await stackbed(['images', 'verify', '--remove', '--json']);
    expect(removed.exitCode).toBe(0);
    expect(JSON.parse(removed.stdout)).toMatchObject({
      ok: false,
      removed: true,
      damaged: [{ path: folder }],
    });
    expect((await stackbed(['images', 'verify'])).exitCode).toBe(0);
  });
});

describe.skipIf(!hasApt)('a pull into a damaged store', () => {
  beforeEach(newArchive);
  afterEach(() => archive.close());

  it('does not build from a package that was damaged', async () => {
    const digest = await sameImage();
    for (const name of await readdir(packages())) await flipByte(join(packages(), name));
    await rm(images(), { recursive: true });
    expect(await sameImage()).toBe(digest);
    expect((await verifyStore()).damaged).toEqual([]);
  });

  it('puts a whole image in the place of a damaged one', async () => {
    const { folder, digest } = await pullOne('linux-6.12');
    await flipByte(join(folder, 'kernel'));
    await rm(lockPath());
    expect(await sameImage()).toBe(digest);
    expect((await verifyStore()).damaged).toEqual([]);
  });
});

describe.skipIf(!hasApt)('collectGarbage', () => {
  beforeEach(newArchive);
  afterEach(() => archive.close());

  it('keeps what the lock of the store names, and removes what it no longer does', async () => {
    const old = await pullOne(`linux-6.12.115+deb13`);
    const lockFile = join(archive.root, 'run', 'images.lock.json');
    await copyLock(['linux-6.12.115+deb13'], lockFile);
    await pullImages(['linux-6.12', 'uml-6.12']);
    expect(await collectGarbage()).toEqual([]);

    const lock = JSON.parse(await readFile(lockPath(), 'utf8'));
    delete lock.images['linux-6.12.115+deb13-cloud-amd64'];
    await writeFile(lockPath(), JSON.stringify(lock));
    expect(await collectGarbage({ lockFiles: [lockFile] })).toEqual([]);

    const before = await diskUse();
    const would = await collectGarbage({ dryRun: true });
    expect(would).toMatchObject([{ kind: expect.any(String) }, { kind: expect.any(String) }]);
    expect(would.map(({ kind }) => kind).sort()).toEqual(['image', 'package']);
    expect({ ...(await diskUse()), free: before.free }).toEqual(before);
    expect(await collectGarbage()).toEqual(would);
    expect(existsSync(old.folder)).toBe(false);
    const freed = would.reduce((sum, { size }) => sum + size, 0);
    const after = await diskUse();
    expect(after.images.bytes + after.packages.bytes).toBe(
      before.images.bytes + before.packages.bytes - freed,
    );
    expect((await listStored()).map(({ id }) => id)).toEqual([`linux-${newest}`, 'uml-6.12@6.12']);
    expect((await verifyStore()).damaged).toEqual([]);
  });

  it('removes what another version of Stackbed built, but not the packages that it was built from', async () => {
    const { folder } = await pullOne('linux-6.12');
    const lock = await readFile(lockPath(), 'utf8');
    const others = lock.replace(/"digests": \{\s*"[^"]*"/, '"digests": { "1-of-another-version"');
    await writeFile(lockPath(), others);
    const lockFile = join(archive.root, 'run.lock.json');
    await writeFile(lockFile, others);
    expect(await collectGarbage({ lockFiles: [lockFile] })).toEqual([]);
    expect(await collectGarbage()).toMatchObject([{ kind: 'image', path: folder }]);
    expect((await diskUse()).packages.count).toBe(5);
  });

  it('keeps what was pulled by another lock file, as long as that is there', async () => {
    const lockFile = join(archive.root, 'project', 'images.lock.json');
    await pullImages(['linux-6.12'], { lockFile });
    expect(existsSync(lockPath())).toBe(false);
    expect(await collectGarbage()).toEqual([]);
    await rm(lockFile);
    expect(await collectGarbage()).toHaveLength(6);
  });

  it('removes what killed processes left, whatever it is', async () => {
    await sameImage();
    for (const folder of [images(), packages()]) {
      await mkdir(join(folder, `.tmp-${noProcess}-x`, 'half'), { recursive: true });
      await writeFile(join(folder, `.tmp-${noProcess}-x`, 'half', 'image'), 'some bytes');
      await mkdir(join(folder, `.tmp-${process.pid}-x`));
    }
    expect(await collectGarbage()).toMatchObject([
      { kind: 'leftover', size: 10 },
      { kind: 'leftover', size: 10 },
    ]);
    for (const folder of [images(), packages()])
      expect((await readdir(folder)).filter((name) => name.startsWith('.'))).toEqual([
        `.tmp-${process.pid}-x`,
      ]);
  });

  it('removes nothing while images are being pulled', async () => {
    await sameImage();
    await rm(lockPath());
    await exclusively(join(images(), '.linux-6.1+deb12-cloud-amd64.lock'), {}, async () => {
      const error = await collectGarbage().catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(CapabilityError);
      expect((error as CapabilityError).message).toContain(
        `process ${process.pid} is pulling linux-6.1+deb12`,
      );
      await expect(verifyStore({ remove: true })).rejects.toThrow(CapabilityError);
    });
    expect(await listStored()).toHaveLength(1);
    expect(await collectGarbage()).toHaveLength(6);
  });

  it('lets a pull wait until it has removed what it removes', async () => {
    const waiting: number[] = [];
    let removing = true;
    const onProgress = (event: { kind: string; pid?: number }) => {
      if (event.kind === 'waiting') waiting.push(event.pid!);
      if (event.kind === 'build') expect(removing).toBe(false);
    };
    await mkdir(images(), { recursive: true });
    let pull: Promise<unknown> | undefined;
    await exclusively(join(images(), '.removing'), {}, async () => {
      pull = pullImages(['linux-6.12'], { onProgress });
      await new Promise((resolve) => setTimeout(resolve, 300));
      removing = false;
    });
    await pull;
    expect(waiting).toEqual([process.pid]);
  });

  it('refuses a lock file that is none, or is not there, and removes nothing', async () => {
    await sameImage();
    await rm(lockPath());
    await appendFile(join(archive.root, 'broken'), '{');
    for (const name of ['broken', 'absent'])
      await expect(collectGarbage({ lockFiles: [join(archive.root, name)] })).rejects.toThrow(InputError);
    const { exitCode, stderr } = await stackbed(['images', 'gc', '--lock', join(archive.root, 'absent')]);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('cannot read the image lock file')]);
    expect(await listStored()).toHaveLength(1);
  });

  it('says on the command line what it freed', async () => {
    await sameImage();
    expect((await stackbed(['images', 'gc'])).stdout).toBe('0 not named by any lock, 0 B freed');
    await rm(lockPath());
    const dry = await stackbed(['images', 'gc', '--dry-run', '--json']);
    expect(JSON.parse(dry.stdout)).toMatchObject({ removed: false, unnamed: { length: 6 } });
    const { stdout } = await stackbed(['images', 'gc']);
    expect(stdout).toContain(`linux-${newest}`);
    expect(stdout).toMatch(/\n6 not named by any lock, \S+ [kM]?B freed$/);
    expect(await listStored()).toEqual([]);
  });
});
