import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadCatalog, offeredImages, pullImages } from '../../images/index.js';
import { stackbed } from '../support/cli.js';
import { FakeArchive } from './archive.js';

const hasApt =
  existsSync('/usr/lib/apt/apt-helper') && existsSync('/usr/share/keyrings/debian-archive-keyring.gpg');

const older = 'linux-6.12.115+deb13-cloud-amd64';
const newest = 'linux-6.12.117+deb13-cloud-amd64';

describe.skipIf(!hasApt)('offeredImages', () => {
  let archive: FakeArchive;
  let server: Server;
  /** Names of files that the index lists and the archive does not hold. */
  let lost: string[];
  let asked: string[];
  let status: number;

  beforeEach(async () => {
    archive = new FakeArchive();
    archive.addKernel('trixie-security', '6.12.115+deb13-cloud-amd64', '6.12.115-1');
    archive.addKernel('trixie-security', '6.12.117+deb13-cloud-amd64', '6.12.117-1');
    archive.addKernel('trixie-backports', '6.17.13+deb13-rt-amd64', '6.17.13-1~bpo13+1');
    archive.add('trixie', 'user-mode-linux', '6.12-1', { 'usr/bin/linux.uml': 'x' });
    archive.add('forky', 'mongoose-webserver-source', '7.23+ds-1', { 'usr/src/mongoose.c': 'x' });
    archive.add('forky', 'libc6', '2.42-1', {});
    [lost, asked, status] = [[], [], 200];
    server = createServer(({ method, url = '' }, response) => {
      const name = basename(url);
      asked.push(`${method} ${name}`);
      const held =
        existsSync(join(archive.root, 'pool', name)) && !lost.some((each) => name.startsWith(`${each}_`));
      response.writeHead(held ? status : 404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    process.env.STACKBED_DEBIAN_MIRROR = `http://127.0.0.1:${(server.address() as AddressInfo).port}/debian`;
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    archive.close();
  });

  const ids = async (options = {}) => (await offeredImages(options)).images.map(({ id }) => id);

  it('has every point release and every stack of which the archive holds all packages', async () => {
    await pullImages(['linux-6.12']);
    const { images, gone, unavailable, notes } = await offeredImages();
    const stored = { digest: expect.stringMatching(/^[0-9a-f]{64}$/), bytes: expect.any(Number) };
    const common = { held: true, architecture: 'amd64', size: expect.any(Number) };
    const kernel = {
      ...common,
      kind: 'linux',
      entry: 'linux-6.12+deb13-cloud-amd64',
      series: '6.12',
      flavour: 'cloud',
    };
    expect(images).toMatchObject([
      { ...kernel, id: newest, version: '6.12.117-1', suite: 'trixie-security', stored },
      { ...kernel, id: older, labels: { kernel: ['linux', 'linux 6.x', 'linux 6.12.115'] }, stored: null },
      { ...common, id: 'linux-6.17.13+deb13-rt-amd64', flavour: 'rt', suite: 'trixie-backports' },
      { ...common, id: 'mongoose-7.23', kind: 'stack', series: null, flavour: null, suite: 'forky' },
      { ...common, id: 'v86-0.5.462', kind: 'stack', suite: 'npm', version: '0.5.462', size: 0 },
      { ...common, id: 'gondolin-0.5.0', kind: 'stack', suite: 'npm' },
      { ...common, id: 'uml-6.12', kind: 'linux', series: '6.12', flavour: null },
      { ...common, id: 'container-debian-13', kind: 'container', series: null, flavour: null },
    ]);
    expect(images[3]!.labels.kernel).toEqual(['mongoose', 'mongoose 7.x', 'mongoose 7.23']);
    expect(gone).toEqual([]);
    const nothing = unavailable.map(({ entry }) => entry);
    expect(nothing).toContain('linux-5.10+deb11-cloud-amd64');
    expect(nothing).not.toContain('linux-6.12+deb13-cloud-amd64');
    expect(nothing).toContain('lwip-2.2.1');
    expect(notes).toContainEqual(
      expect.stringContaining('amd64: no index of forky: File has unexpected size'),
    );
  });

  it('leaves out what the archive lists but does not hold, and asks about each file only once', async () => {
    lost = ['linux-image-6.12.117+deb13-cloud-amd64'];
    const { images, gone } = await offeredImages();
    expect(images.map(({ id }) => id)).toContain(older);
    expect(images.map(({ id }) => id)).not.toContain(newest);
    expect(gone).toEqual([newest]);
    expect(asked).toContain(`HEAD linux-image-6.12.115+deb13-cloud-amd64_6.12.115-1_amd64.deb`);
    expect(new Set(asked).size).toBe(asked.length);
    asked = [];
    expect((await offeredImages()).gone).toEqual([newest]);
    expect(asked).toEqual([]);
  });

  it('still has what is in the store, though the archive no longer holds it', async () => {
    await pullImages(['linux-6.12']);
    lost = ['linux-image-6.12.117+deb13-cloud-amd64'];
    const { images, gone } = await offeredImages();
    expect(images[0]).toMatchObject({ id: newest, held: false, stored: { bytes: expect.any(Number) } });
    expect(gone).toEqual([newest]);
  });

  it('remembers what a pull found gone', async () => {
    archive.lose('linux-image-6.12.117+deb13-cloud-amd64');
    await expect(pullImages([newest])).rejects.toThrow('does not hold');
    expect(await ids({ offline: true })).toEqual(expect.arrayContaining([older]));
    expect((await offeredImages({ offline: true })).gone).toEqual([newest]);
    expect(asked).toEqual([]);
  });

  it('says so where the archive does not answer properly', async () => {
    status = 503;
    const { images, notes } = await offeredImages();
    expect(images.map(({ held }) => held)).toEqual([null, null, null, null, true, true, null, null]);
    expect(notes).toContain('the archive was not asked whether it still holds 6 of these images');
  });

  it('keeps to what was known last where the archive is out of reach, and says how old that is', async () => {
    const before = await ids();
    archive.vanish();
    const { images, notes, readAt } = await offeredImages();
    expect(images.map(({ id }) => id)).toEqual(before);
    expect(Date.now() - readAt!).toBeGreaterThan(86_400_000);
    expect(notes).toContainEqual(expect.stringMatching(/^amd64: no package index could be fetched/));
  });

  it('falls back on the catalogue where nothing was ever known', async () => {
    archive.vanish();
    const { images, readAt, notes } = await offeredImages();
    const entries = (await loadCatalog()).entries();
    expect(images.map(({ id }) => id).sort()).toEqual(entries.map(({ id }) => id).sort());
    expect(images[0]).toMatchObject({ size: null, version: null, held: null, stored: null });
    expect(readAt).toBeNull();
    expect(notes).toHaveLength(5);
  });

  it('is counted by the command line', async () => {
    lost = ['linux-image-6.12.115+deb13-cloud-amd64'];
    const { stdout, exitCode } = await stackbed(['images', 'list', '--json']);
    const listed = JSON.parse(stdout);
    expect(exitCode).toBe(0);
    expect(listed.counts).toEqual({
      ...{ linux: 3, series: 2, flavours: 2, architectures: 1 },
      ...{ stacks: 3, stack_families: 3, own: 0, stored: 0, gone: 1 },
    });
    expect(listed.images).toHaveLength(7);
    expect(Date.parse(listed.index.read_at)).toBeGreaterThan(Date.now() - 3_600_000);
    const { stdout: text } = await stackbed(['images', 'list', '--offline']);
    expect(text).toMatch(/^linux-6.12\+deb13-cloud-amd64 +linux 6.12.117 +1 /m);
    expect(text).toContain(
      '3 Linux images of 2 series, 2 flavours and 1 architecture; 3 other stacks of 3 kinds; 1 more',
    );
    expect(text).toMatch(/ free on the disk$/);
    const { stdout: every } = await stackbed(['images', 'list', '--offline', '--all']);
    expect(every).toMatch(/^linux-6.17.13\+deb13-rt-amd64 +trixie-backports/m);
  });
});
