import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

const userspace = {
  'busybox-static': { 'usr/bin/busybox': 'a program' },
  'perl-base': { 'usr/bin/perl': 'another program' },
  libc6: {},
  libcrypt1: {},
};

/** A name as apt writes it in a URI. */
const encoded = (name: string) => name.replaceAll('+', '%2b');

/**
 * An archive of small real packages, and an `apt-get` in front of the real one on PATH that serves them: it
 * answers what Stackbed asks of apt, and logs it. The cache folder and the environment are set up for
 * `pullImages`.
 */
export class FakeArchive {
  readonly root = mkdtempSync(join(tmpdir(), 'stackbed-archive-'));
  readonly cache = join(this.root, 'cache');
  readonly #environment = { ...process.env };
  readonly #paragraphs = new Map<string, string>();

  constructor() {
    mkdirSync(join(this.root, 'bin'));
    mkdirSync(join(this.root, 'pool'));
    for (const [name, files] of Object.entries(userspace)) this.add('trixie', name, '1.0-1', files);
    this.#serve('cp "$POOL"/*.deb .');
    process.env.PATH = `${join(this.root, 'bin')}:${process.env.PATH}`;
    process.env.STACKBED_CACHE = this.cache;
    process.env.STACKBED_DEBIAN_MIRROR = 'http://archive.invalid/debian';
  }

  /** Adds a kernel with the drivers of virtio built in. */
  addKernel(suite: string, release: string, version: string, size = 0): void {
    const drivers = 'kernel/drivers/virtio/virtio_pci.ko\nkernel/drivers/net/virtio_net.ko\n';
    this.add(suite, `linux-image-${release}`, version, {
      [`boot/vmlinuz-${release}`]: `kernel ${version}`.padEnd(size),
      [`usr/lib/modules/${release}/modules.builtin`]: drivers,
    });
  }

  add(suite: string, name: string, version: string, files: Readonly<Record<string, string>>): void {
    const tree = join(this.root, 'tree');
    const control = `Package: ${name}\nVersion: ${version}\nArchitecture: amd64\nMaintainer: t <t@t.example>\nDescription: t\n`;
    for (const [path, text] of Object.entries({ ...files, 'DEBIAN/control': control })) {
      mkdirSync(dirname(join(tree, path)), { recursive: true });
      writeFileSync(join(tree, path), text);
    }
    const deb = this.deb(name, version);
    execFileSync('dpkg-deb', ['--root-owner-group', '-b', '-Znone', tree, deb], { stdio: 'ignore' });
    rmSync(tree, { recursive: true });
    const sha256 = createHash('sha256').update(readFileSync(deb)).digest('hex');
    // The true size would make it look like a package that holds nothing but a dependency.
    const size = statSync(deb).size + 2_000_000;
    const paragraph = `Package: ${name}\nVersion: ${version}\nArchitecture: amd64\nSize: ${size}\nSHA256: ${sha256}\nFilename: pool/${basename(deb)}\n\n`;
    this.#paragraphs.set(suite, (this.#paragraphs.get(suite) ?? '') + paragraph);
    this.#writeIndexes();
  }

  /** Takes a package out of archive and index, as point releases do with their forerunners. */
  remove(suite: string, name: string): void {
    const kept = this.#paragraphs
      .get(suite)!
      .split('\n\n')
      .filter((each) => !each.startsWith(`Package: ${name}\n`));
    this.#paragraphs.set(suite, kept.join('\n\n'));
    this.#writeIndexes();
    rmSync(join(this.root, 'cache/apt/amd64/packages.json'), { force: true });
  }

  /** Takes packages out of the archive but leaves them in its index. */
  lose(...names: readonly string[]): void {
    const lost = names.map(
      (name) =>
        `case "$*" in *${name}*) echo "E: Failed to fetch http://archive.invalid/pool/${encoded(name)}_1%7e1_amd64.deb  404  Not Found" >&2; exit 100 ;; esac`,
    );
    this.#serve([...lost, 'cp "$POOL"/*.deb .'].join('\n'));
  }

  /** From now on downloads break off half way. */
  breakDownloads(): void {
    this.#serve(
      'head -c 100 "$POOL"/perl-base*.deb > perl-base.deb; echo "E: Connection reset by peer" >&2; exit 100',
    );
  }

  /** From now on apt does not take the package, and says why. */
  refuse(name: string, reason: string): void {
    this.#serve(
      `echo "E: Failed to fetch http://archive.invalid/pool/${encoded(name)}_1.0-1_amd64.deb  ${reason}" >&2; exit 100`,
    );
  }

  /** From now on apt cannot read the indexes, and says why. */
  refuseIndexes(reason: string): void {
    writeFileSync(join(this.root, 'bin/apt-get'), `#!/bin/sh\necho "E: ${reason}" >&2; exit 100\n`);
  }

  /** Nothing of it can be reached any more, and the index that was read is of the day before yesterday. */
  vanish(): void {
    this.refuseIndexes('Could not resolve archive.invalid');
    const long = new Date(Date.now() - 2 * 86_400_000);
    for (const architecture of ['amd64', 'i386', 'arm64', 'riscv64']) {
      const path = join(this.cache, 'apt', architecture, 'packages.json');
      if (existsSync(path)) utimesSync(path, long, long);
    }
  }

  /** From now on a download hangs half way, until it is ended; `hanging()` tells whether one does. */
  hangDownloads(): void {
    this.#serve(
      `head -c 100 "$POOL"/perl-base*.deb > perl-base.deb; echo > ${this.root}/hanging; exec sleep 60`,
    );
  }

  hanging(): boolean {
    return existsSync(join(this.root, 'hanging'));
  }

  /** From now on downloads work, each after so many seconds. */
  mend(delayS = 0): void {
    this.#serve(`sleep ${delayS}; cp "$POOL"/*.deb .`);
  }

  /** Where a package of the archive lies. */
  deb(name: string, version: string): string {
    return join(this.root, 'pool', `${name}_${version}_amd64.deb`);
  }

  /** How often apt was asked for this. */
  count(verb: string): number {
    const log = readFileSync(join(this.root, 'log'), 'utf8');
    return log.split('\n').filter((line) => line.split(' ').includes(verb)).length;
  }

  /** Ends it: its files go and the environment is as it was. */
  close(): void {
    process.env = this.#environment;
    rmSync(this.root, { recursive: true });
  }

  #writeIndexes(): void {
    for (const [suite, text] of this.#paragraphs) writeFileSync(join(this.root, `Packages.${suite}`), text);
  }

  #serve(download: string): void {
    const script = `#!/bin/sh
POOL=${this.root}/pool
echo "$@" >> ${this.root}/log
case "$*" in
  *indextargets*) for f in ${this.root}/Packages.*; do echo "Packages|\${f##*Packages.}|amd64|$f"; done ;;
  *update*) echo 'Err:1 http://archive.invalid/debian forky/main amd64 Packages'; echo '  File has unexpected size' ;;
  *download*) sleep 0.1; ${download} ;;
esac
`;
    writeFileSync(join(this.root, 'bin/apt-get'), script);
    chmodSync(join(this.root, 'bin/apt-get'), 0o755);
    writeFileSync(join(this.root, 'log'), '');
  }
}
