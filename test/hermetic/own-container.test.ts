import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { release } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cacheFolder, obtainTool, pullImages, rootFile } from '../../images/index.js';
import { packageRoot } from '../../src/package-root.js';
import { importedImage } from '../../testbed/drivers/docker/image.js';
import type { DockerEngine } from '../../testbed/engines/docker.js';
import { startDocker } from '../../testbed/engines/private-docker.js';
import { Lab } from '../../testbed/lab/lab.js';
import { Lease } from '../../testbed/lease/lease.js';
import { temporaryFolder } from '../support/cli.js';
import { canRunEngines } from '../support/root.js';

const server = (port: number) => JSON.stringify(['/bin/busybox', 'httpd', '-f', '-p', String(port)]);

describe.skipIf(!canRunEngines)("a container of the user's own", { timeout: 120_000 }, () => {
  let folder: string;
  let root: string;
  let lease: Lease;
  let engine: DockerEngine;
  /** A name in the engine. */
  let name: string;
  let dispose: () => Promise<void>;

  beforeAll(async () => {
    const image = (await pullImages(['container-debian-13'])).get('container-debian-13')!;
    await obtainTool('docker');
    lease = await Lease.acquire();
    engine = await startDocker(lease, await Lab.open(lease));
    name = await importedImage(engine.docker, image);
    const temporary = await temporaryFolder();
    folder = temporary.path;
    dispose = async () => temporary[Symbol.asyncDispose]();
    mkdirSync(join(folder, 'cache'));
    symlinkSync(join(cacheFolder(), 'tools'), join(folder, 'cache/tools'));
    root = join(folder, 'mine.tar');
    cpSync(join(image.folder, rootFile), root);
  }, 120_000);
  afterAll(async () => {
    await dispose?.();
    await lease?.release();
  });

  async function stackbed(...words: string[]) {
    return execa(process.execPath, [join(packageRoot, 'bin/stackbed'), ...words], {
      ...{ reject: false, cwd: folder },
      env: { STACKBED_CACHE: join(folder, 'cache'), DOCKER_HOST: `unix://${engine.socket}` },
    });
  }
  const add = (what: string, ...more: string[]) => stackbed('images', 'add', '--container', what, ...more);
  function context(id: string, dockerfile: string): string {
    mkdirSync(join(folder, id));
    cpSync(root, join(folder, id, 'root.tar'));
    writeFileSync(join(folder, id, 'Dockerfile'), dockerfile);
    return join(folder, id);
  }

  test('of a root file system is run beside one of a Dockerfile, and the manifest has whose kernel it is', async () => {
    const dockerfile = `FROM scratch AS base\nADD root.tar /\nFROM base\nEXPOSE 8081\nCMD ${server(8081)}\n`;
    const added = [
      await add(root, '--command', server(8080), '--open', '8080'),
      await add(context('built', dockerfile)),
      await add(name, '--name', 'named', '--command', 'exec /bin/busybox httpd -f -p 8080', '--probe'),
    ];
    expect(added.map(({ exitCode, stderr }) => [exitCode, exitCode && stderr])).toEqual(
      added.map(() => [0, 0]),
    );
    expect(added[2]!.stdout).toContain('open: 8080');
    // Of what was made for them, no container and no image is left in the engine.
    expect(await engine.docker.listContainers({ all: true })).toEqual([]);
    const tags = (await engine.docker.listImages()).flatMap(({ RepoTags }) => RepoTags ?? []);
    expect(tags.filter((tag) => tag.startsWith('stackbed-build'))).toEqual([]);
    writeFileSync(
      join(folder, 's.scenario.yaml'),
      'machines:\n  - image: [mine, built, named]\n    sysctls: {net.ipv4.ip_default_ttl: "99"}\n' +
        'probes: {count: 20, copies: 2}\n',
    );
    const { exitCode, stderr } = await stackbed('run', 's.scenario.yaml', '--out', 'runs', '--json');
    expect([exitCode, exitCode && stderr]).toEqual([0, 0]);
    const found = (await execa('find', [join(folder, 'runs'), '-name', 'manifest.json'])).stdout;
    const { images } = JSON.parse(readFileSync(found, 'utf8'));
    for (const id of ['mine', 'built', 'named']) expect(images[id].release).toBe(release());
    const { stdout } = await stackbed('images', 'show', 'mine', '--json');
    expect(JSON.parse(stdout).labels.kernel[2]).toBe(`linux ${release()} of the host`);
  });

  test.each([
    ['an image that is not there', async () => 'nonesuch:1', 'the Docker engine has no image nonesuch:1'],
    ['a base that is not there', async () => context('based', 'FROM debian:13\n'), 'begins with debian:13'],
    [
      'a step that fails',
      async () => context('failing', 'FROM scratch\nADD root.tar /\nRUN exit 7\n'),
      /did not build .*returned a non-zero code: 7/,
    ],
    [
      'what would be fetched',
      async () => context('fetching', 'FROM scratch\nADD \\\n  http://example.com/x /\n'),
      'may fetch from the network',
    ],
    ['a folder without a Dockerfile', async () => join(folder, 'cache'), 'Dockerfile'],
    ['a torn archive', async () => torn(), 'is no whole tar archive'],
  ])('of %s is bad input', async (_, what, message) => {
    const { exitCode, stderr } = await add(await what(), '--name', 'bad', '--command', 'true');
    expect([exitCode, stderr]).toEqual([
      2,
      typeof message === 'string' ? expect.stringContaining(message) : expect.stringMatching(message),
    ]);
  });

  function torn(): string {
    const path = join(folder, 'torn.tar');
    writeFileSync(path, readFileSync(root).subarray(0, 1_000_000));
    return path;
  }
});
