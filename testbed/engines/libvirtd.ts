import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdir, open, readFile, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { CapabilityError } from '../../src/errors.js';
import { missingLibvirt } from '../drivers/libvirt/faults.js';
import { findEmulators, platformOf, requireEmulators } from '../drivers/qemu/platform.js';
import type { Lease } from '../lease/lease.js';
import { findProgram } from '../program.js';
import { slowdownFactor } from '../speed.js';

/** A daemon of our own, for one lease. */
export interface Libvirtd {
  /** Where `virsh -c` finds it. */
  readonly uri: string;
  readonly pid: number;
  /** Ends it; it is gone when this returns. */
  end(): Promise<void>;
}

export interface LibvirtdOptions {
  /** Whether it goes on when this process has ended, until the lease does; default false. */
  readonly lasts?: boolean;
  /** Path of the network namespace that it and its machines are in; needs root. Default: this process's. */
  readonly namespace?: string;
}

const patienceMs = 10_000;

/** A user number that is not root's, within the daemon's own user namespace. */
const plainUser = 1000;

/** The names of folders that libvirtd goes by, each of them below one folder of the lease. */
const folders = { HOME: 'home', XDG_RUNTIME_DIR: 'r', XDG_CONFIG_HOME: 'c', XDG_CACHE_HOME: 'k' };

/** Path of libvirtd, which stands in no ordinary user's PATH. Throws CapabilityError when it is not installed. */
export async function findLibvirtd(): Promise<string> {
  const program = (await findProgram('libvirtd')) ?? (await findProgram('libvirtd', '/usr/sbin'));
  if (!program) throw missingLibvirt('libvirtd');
  return program;
}

/**
 * What libvirtd is started by: as root it would be the system's daemon and use the system's folders, so that it gets a
 * user namespace in which the same user is not called root. A parent-death signal must be set after that.
 */
async function before({ lasts, namespace }: LibvirtdOptions): Promise<string[]> {
  const setpriv = lasts ? undefined : await findProgram('setpriv');
  const last = setpriv ? [setpriv, '--pdeathsig', 'KILL'] : [];
  if (process.getuid?.() !== 0) return last;
  const nsenter = (await findProgram('nsenter')) ?? 'nsenter';
  return [
    ...(namespace === undefined ? [] : [nsenter, `--net=${namespace}`, '--']),
    (await findProgram('unshare')) ?? 'unshare',
    '--user',
    `--map-user=${plainUser}`,
    `--map-group=${plainUser}`,
    ...last,
  ];
}

/**
 * The one folder in which libvirtd looks for emulators: it would otherwise try out each that is installed, for all of
 * twenty architectures.
 */
async function emulatorFolder(root: string, architectures: Iterable<string>): Promise<string> {
  const folder = join(root, 'bin');
  await mkdir(folder);
  const wanted = [...(await requireEmulators(architectures)).values()];
  // By this one libvirt states its version.
  const native = (await findEmulators()).find(
    ({ architecture }) => platformOf(architecture).nativeTo === process.arch,
  );
  for (const path of new Set([...wanted, ...(native?.path ? [native.path] : [])]))
    await symlink(path, join(folder, basename(path)));
  return folder;
}

/**
 * Starts a libvirtd in session mode that shares nothing with one that the machine may have: its configuration,
 * sockets, cache and logs are below `lease.folder`, and it carries the lease's mark. No privilege is needed.
 *
 * @param architectures those of the machines that it is to start
 * @throws CapabilityError when it or an emulator is not installed, or it does not come up
 */
export async function startLibvirtd(
  lease: Pick<Lease, 'folder' | 'environment'>,
  architectures: Iterable<string>,
  options: LibvirtdOptions = {},
): Promise<Libvirtd> {
  const program = await findLibvirtd();
  const { lasts = false, namespace } = options;
  const root = join(lease.folder, namespace === undefined ? 'v' : 'b');
  const own = Object.fromEntries(Object.entries(folders).map(([name, path]) => [name, join(root, path)]));
  for (const path of Object.values(own)) await mkdir(path, { recursive: true, mode: 0o700 });
  const PATH = await emulatorFolder(root, architectures);
  const settings = join(own.XDG_CONFIG_HOME!, 'libvirt');
  await mkdir(settings);
  // Without this it starts a virtlogd, which outlives it.
  await writeFile(join(settings, 'qemu.conf'), 'stdio_handler = "file"\n');
  const log = await open(join(root, 'log'), 'w');
  const [command, ...args] = [...(await before(options)), program];
  const child = spawn(command!, args, {
    env: { ...lease.environment(), ...own, PATH, LC_ALL: 'C' },
    cwd: root,
    stdio: ['ignore', 'ignore', log.fd],
    detached: true,
  });
  await log.close();
  if (lasts) child.unref();
  const gone = once(child, 'close').then(
    ([code, signal]) => signal ?? `status ${code}`,
    (error: Error) => error.message,
  );
  const running = () => child.exitCode === null && child.signalCode === null && child.pid !== undefined;
  const end = async () => {
    if (running()) child.kill('SIGTERM');
    const stubborn = setTimeout(() => child.kill('SIGKILL'), 5000);
    await gone;
    clearTimeout(stubborn);
  };
  const socket = join(own.XDG_RUNTIME_DIR!, 'libvirt', 'libvirt-sock');
  const until = performance.now() + patienceMs * slowdownFactor();
  while (!(await isThere(socket))) {
    const isLate = performance.now() > until;
    if (running() && !isLate) {
      await pause(20);
      continue;
    }
    await end();
    const how = isLate ? 'it did not listen in time' : `it ended with ${await gone}`;
    throw new CapabilityError(
      `a libvirtd of our own could not be started: ${how}: ${lastError(await readFile(join(root, 'log'), 'utf8'))}`,
      {
        remedy: 'give the `uri` of a libvirt that runs, as qemu:///system',
      },
    );
  }
  return { uri: `qemu+unix:///session?socket=${socket}`, pid: child.pid!, end };
}

const isThere = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );

/** The last of its complaints, without date and process id; it complains of much that does not matter. */
function lastError(words: string): string {
  const lines = words.trim().split('\n');
  return (lines.at(-1) ?? '').replace(/^[\d: .+-]+: \d+: /, '') || 'it gave no reason';
}
