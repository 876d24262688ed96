import { existsSync } from 'node:fs';
import { access, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { CapabilityError, InterruptedError } from '../../src/errors.js';
import { diskFull, tellsFullDisk } from '../storage-fault.js';
import { type AptRootContent, aptConfiguration, archiveKeyring, sourcesList } from './apt-config.js';
import { notAsListed, PackagesGone, packagesNotAsListed, packagesNotFound } from './packages-gone.js';

/** A package index that was fetched and verified: one a suite and architecture. */
export interface PackageList {
  readonly suite: string;
  readonly architecture: string;
  readonly file: string;
}

export interface UpdateResult {
  readonly lists: readonly PackageList[];
  readonly missing: readonly { readonly suite: string; readonly reason: string }[];
}

export interface DownloadOptions {
  readonly signal?: AbortSignal | undefined;
  /** What is downloaded, in bytes. */
  readonly size?: number;
  /** Hears how far it is, 0 to 100. */
  readonly onPercent?: (percent: number) => void;
}

interface AptResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly failed: boolean;
}

/** Indexes of all suites for one architecture and apt's cache of them, in bytes. */
const indexSize = 250e6;

const setpriv = '/usr/bin/setpriv';
/** What setpriv exits with when there is no such program (as sh(1) does). */
const notFound = 127;

/** A download should not go on when nobody waits for it any more. */
function dyingWithUs(program: string, args: readonly string[]): [string, readonly string[]] {
  return existsSync(setpriv) ? [setpriv, ['--pdeathsig', 'KILL', program, ...args]] : [program, args];
}

/** `Err:7 <uri> trixie/main riscv64 Packages: <reason> [IP: …]` → `<reason>`. */
const reasonOf = (complaint: string) =>
  complaint
    .replace(/^Err:\d+ .*? Packages: /, '')
    .replace(/^[EW]: /, '')
    .replace(/ \[IP: [^\]]*\]$/, '');

/** `perl-base:amd64=5.36-1` → `perl-base`. */
const nameOf = (wanted: string) => wanted.split(/[:=]/)[0]!;

const lastLines = (text: string) => text.trim().split('\n').slice(-4).join('\n  ');

/**
 * An apt of our own in a folder: it shares nothing with the machine's but its configured transports (proxies)
 * and trusts the Debian archive's keys alone. Nothing is installed, and no root is needed.
 */
export class AptRoot {
  private constructor(
    readonly folder: string,
    private readonly content: AptRootContent,
  ) {}

  /** Lays out the folder, overwriting an older configuration. */
  static async open(folder: string, content: AptRootContent): Promise<AptRoot> {
    const subfolders = ['state', 'lists/partial', 'cache/archives/partial', 'preferences.d'];
    await Promise.all(subfolders.map((name) => mkdir(join(folder, name), { recursive: true })));
    const files = {
      status: '',
      preferences: '',
      'sources.list': sourcesList(content),
      'apt.conf': aptConfiguration(folder, content.architectures),
    };
    for (const [name, text] of Object.entries(files)) {
      const path = join(folder, name);
      // A rewritten file would be newer than apt's binary cache and make apt rebuild it.
      if ((await readFile(path, 'utf8').catch(() => undefined)) !== text) await writeFile(path, text);
    }
    return new AptRoot(folder, content);
  }

  /**
   * Fetches the package indexes. A suite that fails is reported.
   *
   * @throws CapabilityError when none can be fetched, or the keys that they are checked with are not installed
   */
  async update(signal?: AbortSignal): Promise<UpdateResult> {
    archiveKeyring();
    const result = await this.#apt(['update'], { signal });
    const output = `${result.stdout}\n${result.stderr}`;
    if (tellsFullDisk(output)) throw await diskFull(this.folder, indexSize);
    const lists = await this.lists(signal);
    // A refused index is reported in two lines: which, then why.
    const messages = output.replace(/^(Err:.*)\n +(.*)/gm, '$1: $2').match(/^(?:[EW]: |Err:).*/gm) ?? [];
    const missing = this.content.suites.flatMap((suite) => {
      // apt goes on with an older index where it has one, and says so in a warning only.
      const complaint = messages.find(
        (line) =>
          line.includes(`/dists/${suite}/`) || line.includes(` ${suite} `) || line.includes(` ${suite}/`),
      );
      // A suite without index and without complaint does not have the architecture.
      return complaint === undefined ? [] : [{ suite, reason: reasonOf(complaint) }];
    });
    if (lists.length === 0 || missing.length === this.content.suites.length) {
      throw new CapabilityError(`no package index could be fetched:\n  ${lastLines(result.stderr)}`, {
        remedy: 'check the network and proxy settings, or name a reachable archive in STACKBED_DEBIAN_MIRROR',
      });
    }
    return { lists, missing };
  }

  /** The indexes already here, without the network. */
  async lists(signal?: AbortSignal): Promise<PackageList[]> {
    const format = '$(CREATED_BY)|$(RELEASE)|$(ARCHITECTURE)|$(FILENAME)';
    const { stdout } = await this.#apt(['indextargets', '--format', format], { signal });
    const targets = stdout.split('\n').map((line) => line.split('|'));
    const present = await Promise.all(
      targets.map(async ([kind, suite, architecture, file]) => {
        if (kind !== 'Packages' || !suite || !architecture || !file) return [];
        const exists = await access(file).then(
          () => true,
          () => false,
        );
        return exists ? [{ suite, architecture, file }] : [];
      }),
    );
    return present.flat();
  }

  /**
   * The text of an index, whatever compression apt keeps it in.
   *
   * @throws CapabilityError when it is damaged
   */
  async *read(list: PackageList): AsyncGenerator<string> {
    const args = ['-c', join(this.folder, 'apt.conf'), 'cat-file', list.file];
    const options = { buffer: { stdout: false }, stdin: 'ignore', reject: false } as const;
    const child = execa('/usr/lib/apt/apt-helper', args, options);
    child.stdout.setEncoding('utf8');
    for await (const chunk of child.stdout) yield chunk as string;
    const result = await child;
    if (!result.failed) return;
    throw new CapabilityError(`apt cannot read the package index of ${list.suite}: ${result.shortMessage}`, {
      remedy: `remove ${this.folder} to fetch the indexes anew`,
    });
  }

  /**
   * Downloads packages, given as `name=version` or `name:architecture=version`, into `folder`; apt checks
   * their SHA-256 against the signed index.
   *
   * @throws PackagesGone when the archive does not hold one of them
   * @throws CapabilityError when it cannot be reached, holds another file, or there is no room
   */
  async download(packages: readonly string[], folder: string, options: DownloadOptions = {}): Promise<void> {
    const result = await this.#apt(['-qq', '-o', 'APT::Status-Fd=3', 'download', ...packages], {
      signal: options.signal,
      cwd: folder,
      onStatus: (line) => {
        const percent = /^dlstatus:\d+:([\d.]+):/.exec(line)?.[1];
        if (percent) options.onPercent?.(Number(percent));
      },
    });
    if (!result.failed) return;
    if (tellsFullDisk(result.stderr)) throw await diskFull(folder, options.size);
    const others = packagesNotAsListed(result.stderr);
    if (others.length > 0) throw notAsListed(packages.filter((each) => others.includes(nameOf(each))));
    const gone = packagesNotFound(result.stderr);
    if (gone.length > 0) throw new PackagesGone(gone);
    const message = `apt could not download ${packages.join(', ')}:\n  ${lastLines(result.stderr)}`;
    throw new CapabilityError(message, { remedy: 'check the network and proxy settings, then try again' });
  }

  async #apt(
    args: readonly string[],
    options: { signal?: AbortSignal | undefined; cwd?: string; onStatus?: (line: string) => void },
  ): Promise<AptResult> {
    const { signal, cwd = this.folder, onStatus } = options;
    const child = execa(...dyingWithUs('apt-get', ['-c', join(this.folder, 'apt.conf'), ...args]), {
      cwd,
      env: { LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' },
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
      reject: false,
      ...(signal ? { cancelSignal: signal } : {}),
    });
    // apt tries for minutes, again and again, what it has no room for.
    const stopWhenFull = (text: unknown) => tellsFullDisk(String(text)) && child.kill();
    for (const stream of [child.stdout, child.stderr]) stream.on('data', stopWhenFull);
    if (onStatus) for await (const line of child.iterable({ from: 'fd3' })) onStatus(String(line));
    const result = await child;
    if (result.isCanceled) throw new InterruptedError('pulling images was stopped');
    if (result.code === 'ENOENT' || result.exitCode === notFound) {
      throw new CapabilityError('apt-get is not installed, so no kernel package can be fetched', {
        remedy: 'use a Debian or Ubuntu machine, or copy the image store from one (STACKBED_CACHE)',
      });
    }
    return { stdout: result.stdout, stderr: result.stderr, failed: result.failed };
  }
}
