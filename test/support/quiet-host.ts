import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { execa } from 'execa';
import { cacheFolder } from '../../images/index.js';
import { packageRoot } from '../../src/package-root.js';
import { temporaryFolder } from './cli.js';
import { until } from './processes.js';

/** Covers what others on this machine write to; its first process reaps orphans, and ends when we do. */
const cover = [
  'set -e',
  // Namespaces of others would go from here when they end there.
  'while umount -R /run/netns 2> /dev/null; do :; done',
  // This program and its images may themselves lie there.
  'for kept; do there="$0/$(realpath --relative-to=/tmp "$kept")"; mkdir -p "$there"; mount --bind "$kept" "$there"; done',
  'mount --rbind "$0" /tmp',
  'mount -t tmpfs tmpfs /run',
  'ip link set lo up',
  'exec 3<&0',
  'cat <&3 & wait',
].join('\n');

/**
 * Processes, network, mounts, /tmp and /run apart from the machine's, so that what a run leaves there can be told from
 * what others do meanwhile. Needs root. Its files are seen from here below {@link root}.
 */
export class QuietHost implements AsyncDisposable {
  private constructor(
    private readonly unshare: ChildProcess,
    /** Its first process, by its number here. */
    private readonly first: number,
    private readonly folder: AsyncDisposable,
  ) {}

  static async open(): Promise<QuietHost> {
    const folder = await temporaryFolder();
    const kept = [packageRoot, cacheFolder()].filter((path) => path.startsWith('/tmp/'));
    const unshare = spawn(
      'unshare',
      [
        ...[
          '--pid',
          '--fork',
          '--kill-child',
          '--mount-proc',
          '--net',
          '--mount',
          '--propagation',
          'private',
        ],
        ...['--', 'sh', '-c', cover, folder.path, ...kept],
      ],
      { stdio: ['pipe', 'ignore', 'inherit'] },
    );
    let first: number | undefined;
    const isUp = async () => {
      [first] = await childrenOf(unshare.pid!);
      const waiting = first === undefined ? [] : await Promise.all((await childrenOf(first)).map(commandOf));
      return waiting.includes('cat');
    };
    await until(isUp, 10_000, 'a host of its own');
    return new QuietHost(unshare, first!, folder);
  }

  /** Folder of its first process in /proc. */
  get proc(): string {
    return `/proc/${this.first}`;
  }

  /** Path of its root directory. */
  get root(): string {
    return `${this.proc}/root`;
  }

  /** Starts a command in it; the number of the command's process here is that of {@link pidOf}. */
  run(command: readonly string[], env: Record<string, string> = {}) {
    return execa('nsenter', [`--target=${this.first}`, '--mount', '--net', '--pid', '--', ...command], {
      reject: false,
      env,
      stdin: 'ignore',
    });
  }

  /** The process that a command is, once it has begun: nsenter is its parent. */
  async pidOf(running: { readonly pid?: number | undefined }): Promise<number> {
    let pid: number | undefined;
    await until(
      async () => {
        [pid] = await childrenOf(running.pid!);
        return pid !== undefined;
      },
      10_000,
      'a process',
    );
    return pid!;
  }

  /** Command lines of all its processes, sorted; those that have ended and are not waited for yet have none. */
  async processes(): Promise<string[]> {
    const own = await namespaceOf(this.first);
    const found: string[] = [];
    for (const entry of await readdir('/proc'))
      if (/^\d+$/.test(entry) && (await namespaceOf(entry)) === own) found.push(await commandOf(entry));
    return found.filter((command) => command !== '').sort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const gone = once(this.unshare, 'exit');
    this.unshare.stdin?.end();
    await gone;
    await this.folder[Symbol.asyncDispose]();
  }
}

const namespaceOf = (pid: number | string) => readlink(`/proc/${pid}/ns/pid`).catch(() => undefined);

async function commandOf(pid: number | string): Promise<string> {
  const words = await readFile(`/proc/${pid}/cmdline`, 'latin1').catch(() => '');
  return words.replaceAll('\0', ' ').trim();
}

async function childrenOf(pid: number): Promise<number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'latin1').catch(() => '');
  return text.split(' ').filter(Boolean).map(Number);
}
