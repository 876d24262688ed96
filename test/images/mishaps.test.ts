import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { collectGarbage, listStored, offeredImages, pullImages, verifyStore } from '../../images/index.js';
import { CapabilityError } from '../../src/errors.js';
import { program, stackbed } from '../support/cli.js';
import { until } from '../support/processes.js';
import { FakeArchive } from './archive.js';

const hasApt =
  existsSync('/usr/lib/apt/apt-helper') && existsSync('/usr/share/keyrings/debian-archive-keyring.gpg');
const isRoot = process.getuid?.() === 0;
const newest = '6.12.117+deb13-cloud-amd64';

let archive: FakeArchive;
beforeEach(() => {
  archive = new FakeArchive();
  archive.addKernel('trixie-security', newest, '6.12.117-1');
});
afterEach(() => archive.close());

const failure = async (work: Promise<unknown>) => {
  const error = await work.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(CapabilityError);
  return error as CapabilityError;
};
/** What is in the store beside whole images, packages and apt's own. */
async function halves(store = archive.cache): Promise<string[]> {
  const names = await readdir(store, { recursive: true });
  return names.filter((name) => /\.tmp|\.lock$|\.held|\.removing/.test(name));
}

describe.skipIf(!hasApt)('a pull that is killed', () => {
  it('leaves nothing half, takes its download along, and the next pull goes on', async () => {
    archive.hangDownloads();
    const pull = spawn(process.execPath, [program, 'images', 'pull', 'linux-6.12'], { stdio: 'ignore' });
    await until(() => archive.hanging(), 20_000, 'a download that hangs');
    const downloads = () =>
      spawnSync('pgrep', ['-P', String(pull.pid)], { encoding: 'utf8' }).stdout.split('\n');
    const [download] = downloads();
    pull.kill('SIGKILL');
    await once(pull, 'exit');
    await until(() => !existsSync(`/proc/${download}`), 5000, 'the end of the download');
    expect(await listStored()).toEqual([]);
    expect(existsSync(join(archive.cache, 'images.lock.json'))).toBe(false);

    archive.mend();
    const { digest } = (await pullImages(['linux-6.12'])).get('linux-6.12')!;
    expect(await listStored()).toMatchObject([{ digest }]);
    expect((await verifyStore()).damaged).toEqual([]);
    expect(await halves()).toEqual([]);
  });
});

describe.skipIf(!hasApt)('two processes that want the same image at once', () => {
  it('build it once: the other waits and takes it', async () => {
    archive.mend(2);
    const pull = () => stackbed(['images', 'pull', 'linux-6.12', '--json']);
    const results = await Promise.all([pull(), pull()]);
    expect(results.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
    const [a, b] = results.map(({ stdout }) => JSON.parse(stdout)[0]);
    expect(a).toEqual(b);
    expect(archive.count('download')).toBe(1);
    const said = results.map(({ stderr }) => stderr);
    expect(said.filter((text) => text.includes('building'))).toHaveLength(1);
    expect(said.filter((text) => text.includes('waiting for process'))).toHaveLength(1);
    expect(await halves()).toEqual([]);
  });
});

describe.skipIf(!hasApt)('a locked package that the archive no longer has', () => {
  const lockPath = () => join(archive.root, 'project.lock.json');
  const pullLocked = () => pullImages(['linux-6.12'], { lockFile: lockPath() });

  it('names the new one of the same kernel where only the user space moved on', async () => {
    await pullLocked();
    const lock = await readFile(lockPath(), 'utf8');
    archive.remove('trixie', 'libc6');
    archive.add('trixie', 'libc6', '1.1-1', {});
    process.env.STACKBED_CACHE = join(archive.root, 'elsewhere');
    const { message, remedy } = await failure(pullLocked());
    expect(message).toMatch(/is locked to linux-6.12.117.*, but the archive no longer has libc6 1.0-1$/);
    expect(remedy).toContain(
      `linux-${newest} made of libc6 1.1-1 with: stackbed images pull --update linux-6.12`,
    );
    expect(await readFile(lockPath(), 'utf8')).toBe(lock);
    expect(await listStored()).toEqual([]);
    const id = (await pullImages(['linux-6.12'], { lockFile: lockPath(), update: true })).get(
      'linux-6.12',
    )!.id;
    expect(id).toBe(`linux-${newest}`);
  });

  it('names what a stack would be made of now', async () => {
    archive.add('trixie', 'user-mode-linux', '6.12-1', {
      'usr/bin/linux.uml': 'a kernel',
      'usr/lib/uml/modules/6.12.101/modules.builtin': '',
    });
    await pullImages(['uml-6.12'], { lockFile: lockPath() });
    archive.remove('trixie', 'user-mode-linux');
    archive.add('trixie', 'user-mode-linux', '6.13-1', {});
    process.env.STACKBED_CACHE = join(archive.root, 'elsewhere');
    const { message, remedy } = await failure(pullImages(['uml-6.12'], { lockFile: lockPath() }));
    expect(message).toContain('no longer has user-mode-linux 6.12-1');
    expect(remedy).toContain(
      'uml-6.12@6.13: user-mode-linux 6.13-1 with: stackbed images pull --update uml-6.12',
    );
  });

  it('says so where nothing is left', async () => {
    await pullLocked();
    archive.remove('trixie-security', `linux-image-${newest}`);
    process.env.STACKBED_CACHE = join(archive.root, 'elsewhere');
    expect((await failure(pullLocked())).remedy).toBe('choose another image');
  });
});

describe.skipIf(!hasApt)('a package that is not what the index states', () => {
  it('is refused, and nothing of it is kept', async () => {
    const path = archive.deb(`linux-image-${newest}`, '6.12.117-1');
    const right = await readFile(path);
    await writeFile(path, Buffer.concat([right.subarray(0, 300), Buffer.from('x'), right.subarray(301)]));
    const { message, remedy } = await failure(pullImages(['linux-6.12']));
    expect(message).toContain(`another linux-image-${newest} 6.12.117-1 than its index states`);
    expect(remedy).toContain('nothing of it was kept');
    expect((await readdir(join(archive.cache, 'packages'))).length).toBe(0);
    expect(await listStored()).toEqual([]);
    await writeFile(path, right);
    expect((await pullImages(['linux-6.12'])).size).toBe(1);
  });

  it('is told in the same words when apt was the one to see it', async () => {
    archive.refuse(`linux-image-${newest}`, 'Hash Sum mismatch');
    const { message } = await failure(pullImages(['linux-6.12']));
    expect(message).toContain(`another linux-image-${newest} 6.12.117-1 than its index states`);
  });
});

describe.skipIf(!hasApt || !isRoot)('a full disk', () => {
  let disk: string;
  const mebibyte = 2 ** 20;
  const fill = async (left: number) => {
    await rm(join(disk, 'filler'), { force: true });
    const free = spawnSync('df', ['--output=avail', '-B1', disk], { encoding: 'utf8' }).stdout.split('\n')[1];
    await writeFile(join(disk, 'filler'), Buffer.alloc(Math.max(0, Number(free) - left)));
  };

  beforeEach(async ({ skip }) => {
    disk = join(archive.root, 'disk');
    await mkdir(disk);
    const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', disk]);
    if (status !== 0) skip('a tmpfs cannot be mounted here');
    process.env.STACKBED_CACHE = disk;
  });
  afterEach(() => {
    spawnSync('umount', ['-l', disk]);
  });

  it('is said before a download that would not fit, with what is needed and what is free', async () => {
    await fill(4 * mebibyte);
    const { message, remedy } = await failure(pullImages(['linux-6.12']));
    expect(message).toMatch(
      new RegExp(
        `^the disk of the image store is full: ${disk}\\S* has \\d MB free, about 11 MB are needed$`,
      ),
    );
    expect(remedy).toContain('stackbed images gc');
    expect(archive.count('download')).toBe(0);
    const { exitCode, stderr } = await stackbed(['images', 'pull', 'linux-6.12']);
    expect([exitCode, stderr]).toEqual([3, expect.stringContaining('the disk of the image store is full')]);
  });

  it('leaves the store as it was, and once there is room the pull succeeds', async () => {
    const { digest } = (await pullImages(['linux-6.12'])).get('linux-6.12')!;
    archive.addKernel('trixie-security', '6.12.118+deb13-cloud-amd64', '6.12.118-1', 3 * mebibyte);
    await fill(5 * mebibyte);
    // The archive's stated sizes fit; what is unpacked of them does not.
    expect((await failure(pullImages(['linux-6.12'], { update: true }))).message).toMatch(
      /^the disk of the image store is full: .* about \d+ MB are needed$/,
    );
    expect(await listStored()).toMatchObject([{ digest }]);
    expect((await verifyStore()).damaged).toEqual([]);
    expect(await halves(disk)).toEqual([]);
    expect((await pullImages(['linux-6.12'])).get('linux-6.12')!.digest).toBe(digest);

    await rm(join(disk, 'filler'));
    const later = (await pullImages(['linux-6.12'], { update: true })).get('linux-6.12')!;
    expect(later.release).toBe('6.12.118+deb13-cloud-amd64');
    expect((await verifyStore()).damaged).toEqual([]);
  });

  it('is told from the words of apt, which needs room for its indexes', async () => {
    archive.refuseIndexes('Write error - write (28: No space left on device)');
    const { message } = await failure(pullImages(['linux-6.12']));
    expect(message).toMatch(/^the disk of the image store is full: .* about \d+ MB are needed$/);
  });

  it('does not keep gc from making room, nor the list from being shown', async () => {
    await pullImages(['linux-6.12']);
    await offeredImages();
    await rm(join(disk, 'images.lock.json'));
    await fill(0);
    const kernels = (await offeredImages()).images.filter(({ kind }) => kind === 'linux');
    expect(kernels).toMatchObject([{ id: `linux-${newest}` }]);
    expect((await collectGarbage()).length).toBe(6);
    expect(await listStored()).toEqual([]);
  });
});

describe.skipIf(!hasApt || isRoot)('a store that cannot be written', () => {
  it('is said as such', async () => {
    await mkdir(archive.cache, { recursive: true });
    await chmod(archive.cache, 0o500);
    expect((await failure(pullImages(['linux-6.12']))).message).toContain('cannot be written');
    await chmod(archive.cache, 0o700);
  });
});

it.skipIf(!hasApt)('a file in the place of the store is said as such', async () => {
  process.env.STACKBED_CACHE = join(archive.root, 'file');
  await writeFile(process.env.STACKBED_CACHE, '');
  expect((await failure(pullImages(['linux-6.12']))).message).toContain('cannot be written');
});
