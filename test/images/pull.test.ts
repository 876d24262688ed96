import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listStored, type PullProgress, pullImages, storedImage } from '../../images/index.js';
import { CapabilityError, InputError, InterruptedError } from '../../src/errors.js';
import { FakeArchive } from './archive.js';

const hasApt =
  existsSync('/usr/lib/apt/apt-helper') && existsSync('/usr/share/keyrings/debian-archive-keyring.gpg');

const newest = '6.12.117+deb13-cloud-amd64';
const newer = '6.12.118+deb13-cloud-amd64';

describe.skipIf(!hasApt)('pullImages', () => {
  let archive: FakeArchive;
  let events: PullProgress[];
  const onProgress = (event: PullProgress) => events.push(event);
  const kinds = () => events.map(({ kind }) => kind);
  const lockPath = () => join(archive.cache, 'images.lock.json');
  const leftovers = async () => {
    const names = await readdir(archive.cache, { recursive: true });
    return names.filter((name) => /\.tmp|\.lock$|\.held/.test(name) || name.startsWith('packages/'));
  };

  beforeEach(() => {
    events = [];
    archive = new FakeArchive();
    archive.addKernel('trixie-security', '6.12.115+deb13-cloud-amd64', '6.12.115-1');
    archive.addKernel('trixie-security', newest, '6.12.117-1');
  });
  afterEach(() => archive.close());

  it('builds the newest kernel of the series and finds it again without asking the archive', async () => {
    const images = await pullImages(['linux-6.12'], { onProgress });
    const image = images.get('linux-6.12')!;
    expect(image).toMatchObject({
      id: `linux-${newest}`,
      requested: 'linux-6.12',
      architecture: 'amd64',
      release: newest,
      nics: ['virtio-net-pci'],
      labels: {
        kernel: ['linux', 'linux 6.x', 'linux 6.12.117'],
        distribution: ['linux', 'debian', 'debian 13'],
      },
    });
    expect(await readFile(image.kernel, 'utf8')).toBe('kernel 6.12.117-1');
    expect((await readFile(image.initrd, 'latin1')).startsWith('070701')).toBe(true);
    expect(kinds()).toEqual(expect.arrayContaining(['index', 'suite-unavailable', 'build', 'ready']));

    const asked = archive.count('download') + archive.count('update');
    expect((await pullImages(['linux-6.12'])).get('linux-6.12')).toEqual(image);
    expect(await storedImage('linux-6.12')).toEqual(image);
    expect(archive.count('download') + archive.count('update')).toBe(asked);
    expect(await listStored()).toMatchObject([{ id: `linux-${newest}`, size: expect.any(Number) }]);
  });

  it('gives the same digest for the same packages, wherever they are built', async () => {
    const first = (await pullImages(['linux-6.12'])).get('linux-6.12')!;
    process.env.STACKBED_CACHE = join(archive.root, 'elsewhere');
    const second = (await pullImages(['linux-6.12'])).get('linux-6.12')!;
    expect(second.digest).toBe(first.digest);
    expect(second.kernel).not.toBe(first.kernel);
  });

  it('builds an image once when it is wanted twice at the same time', async () => {
    const pulls = [
      pullImages(['linux-6.12'], { onProgress }),
      pullImages(['linux-6.12+deb13'], { onProgress }),
    ];
    const [a, b] = (await Promise.all(pulls)).map((images) => [...images.values()][0]!);
    expect(a!.digest).toBe(b!.digest);
    expect(kinds().filter((kind) => kind === 'build')).toHaveLength(1);
    expect(archive.count('download')).toBe(1);
    expect(kinds()).toContain('waiting');
  });

  it('keeps to the lock when the archive moves on, until told to update', async () => {
    await pullImages(['linux-6.12']);
    archive.addKernel('trixie-security', newer, '6.12.118-1');
    expect((await pullImages(['linux-6.12'])).get('linux-6.12')!.release).toBe(newest);
    expect((await pullImages(['linux-6.12'], { update: true })).get('linux-6.12')!.release).toBe(newer);
    expect((await pullImages(['linux-6.12'])).get('linux-6.12')!.release).toBe(newer);
  });

  it('records packages, versions, suites and digests in the lock, at the path given', async () => {
    const lockFile = join(archive.root, 'project.lock.json');
    const image = (await pullImages(['linux-6.12'], { lockFile })).get('linux-6.12')!;
    const { images } = JSON.parse(await readFile(lockFile, 'utf8'));
    const locked = images['linux-6.12+deb13-cloud-amd64'];
    expect(locked.id).toBe(`linux-${newest}`);
    expect(Object.values(locked.digests)).toEqual([image.digest]);
    expect(locked.packages[0]).toMatchObject({
      name: `linux-image-${newest}`,
      version: '6.12.117-1',
      suite: 'trixie-security',
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(await storedImage('linux-6.12')).toBeUndefined();
    expect(await storedImage('linux-6.12', { lockFile })).toEqual(image);
  });

  it('does not silently replace a locked package that the archive no longer has', async () => {
    const lockFile = join(archive.root, 'project.lock.json');
    await pullImages(['linux-6.12'], { lockFile });
    archive.addKernel('trixie-security', newer, '6.12.118-1');
    archive.remove('trixie-security', `linux-image-${newest}`);
    process.env.STACKBED_CACHE = join(archive.root, 'elsewhere');
    const error = await pullImages(['linux-6.12'], { lockFile }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(CapabilityError);
    expect((error as CapabilityError).message).toContain(`linux-image-${newest} 6.12.117-1`);
    expect((error as CapabilityError).remedy).toContain(`linux-${newer}`);
  });

  it('takes the next newest kernel when the archive lists one that it does not hold, and says so', async () => {
    archive.lose(`linux-image-${newest}`);
    const image = (await pullImages(['linux-6.12'], { onProgress })).get('linux-6.12')!;
    expect(image.id).toBe('linux-6.12.115+deb13-cloud-amd64');
    expect(events).toContainEqual({
      kind: 'not-held',
      id: `linux-${newest}`,
      next: 'linux-6.12.115+deb13-cloud-amd64',
      packages: [`linux-image-${newest}`],
    });
    expect(await storedImage('linux-6.12')).toEqual(image);
  });

  it('takes nothing else for an exact point release that the archive does not hold', async () => {
    archive.lose(`linux-image-${newest}`);
    const id = 'linux-6.12.117+deb13';
    const error = await pullImages([id], { onProgress }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(CapabilityError);
    expect((error as CapabilityError).message).toContain(`linux-image-${newest}`);
    expect((error as CapabilityError).remedy).toContain('linux-6.12+deb13-cloud-amd64');
    expect((error as CapabilityError).remedy).toContain('linux-6.12.115+deb13-cloud-amd64');
    expect(kinds()).not.toContain('not-held');
    expect(await leftovers()).toEqual([]);
  });

  it('takes nothing else for a locked package that the archive lists but does not hold', async () => {
    const lockFile = join(archive.root, 'project.lock.json');
    await pullImages(['linux-6.12'], { lockFile });
    archive.lose(`linux-image-${newest}`);
    process.env.STACKBED_CACHE = join(archive.root, 'elsewhere');
    const error = await pullImages(['linux-6.12'], { lockFile }).catch((reason: unknown) => reason);
    expect((error as CapabilityError).message).toContain(`locked to linux-${newest}`);
    expect((error as CapabilityError).remedy).toContain('linux-6.12.115+deb13');
  });

  it('does not try older kernels when a package of the user space is what is missing', async () => {
    archive.lose('libc6');
    await expect(pullImages(['linux-6.12'], { onProgress })).rejects.toThrow('libc6');
    expect(kinds()).not.toContain('not-held');
    expect(archive.count('download')).toBe(1);
  });

  it('leaves nothing behind when a download breaks off, and succeeds the next time', async () => {
    archive.breakDownloads();
    const error = await pullImages(['linux-6.12']).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(CapabilityError);
    expect((error as CapabilityError).message).toContain('Connection reset by peer');
    expect(await leftovers()).toEqual([]);
    expect(await listStored()).toEqual([]);
    expect(existsSync(lockPath())).toBe(false);
  });

  it('stops when told, and leaves nothing behind', async () => {
    const stop = new AbortController();
    const stopAtDownload = (event: PullProgress) => {
      if (event.kind === 'index') setTimeout(() => stop.abort(), 50);
    };
    const pull = pullImages(['linux-6.12'], { signal: stop.signal, onProgress: stopAtDownload });
    await expect(pull).rejects.toThrow(InterruptedError);
    expect(await leftovers()).toEqual([]);
  });

  it('refuses a package that is not the one in the index', async () => {
    await writeFile(join(archive.root, 'pool', `linux-image-${newest}_6.12.117-1_amd64.deb`), 'forged');
    await expect(pullImages(['linux-6.12'])).rejects.toThrow('another');
    expect(await leftovers()).toEqual([]);
  });

  it('refuses unknown ids before it fetches anything', async () => {
    await expect(pullImages(['linux-6.12', 'linux-99.1'], { onProgress })).rejects.toThrow(InputError);
    expect(events).toEqual([]);
  });

  it('refuses a lock file that is none', async () => {
    const lockFile = join(archive.root, 'broken.json');
    await writeFile(lockFile, '{"images": [');
    await expect(pullImages(['linux-6.12'], { lockFile })).rejects.toThrow(InputError);
  });
});
