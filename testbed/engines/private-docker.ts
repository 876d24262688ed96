import { spawn } from 'node:child_process';
import { mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { type OnProgress, obtainTool } from '../../images/index.js';
import { CapabilityError } from '../../src/errors.js';
import type { Lab } from '../lab/lab.js';
import type { Lease } from '../lease/lease.js';
import { type DockerEngine, dockerAt } from './docker.js';
import { findRunsc } from './runtimes.js';

const patienceMs = 30_000;
const roundMs = 50;

/**
 * Within a mount namespace of its own, so that its mounts end with it, it finds what it would write beside
 * its own folder covered: `/etc/docker`, `/run` and `/opt/containerd` of this machine stay as they are. $0 is
 * the covering folder, the rest the command.
 */
const inPrivate = [
  'set -e',
  'mkdir -p "$0/etc" "$0/work"',
  'mount -t overlay overlay -o "lowerdir=/etc,upperdir=$0/etc,workdir=$0/work" /etc',
  'mount -t tmpfs tmpfs /run',
  '[ ! -d /opt ] || mount -t tmpfs tmpfs /opt',
  'exec "$@"',
].join('\n');

/**
 * Starts a Docker engine of the lease's own out of unpacked packages: in the lab's network namespace, which
 * has no way out, with its data in the lease's folder, no bridge and no packet filter. It ends with the
 * lease.
 *
 * @throws CapabilityError saying what is missing, or with the end of the engine's log when it does not start
 */
export async function startDocker(
  lease: Lease,
  lab: Lab,
  options: { readonly onProgress?: OnProgress; readonly signal?: AbortSignal } = {},
): Promise<DockerEngine> {
  const { bin, lib } = await obtainTool('docker', options);
  const folder = join(lease.folder, 'docker');
  await mkdir(folder);
  const socket = join(folder, 'docker.sock');
  const cgroup = `stackbed-${lease.mark}`;
  // Cgroups of containers that were ended from outside stay behind.
  await lease.willUndo([
    ...(['find', '/sys/fs/cgroup', '-depth', '-type', 'd', '-path', `*/${cgroup}*`] as const),
    ...['-exec', 'rmdir', '{}', '+'],
  ]);
  const runsc = await findRunsc();
  // What it leaves of a container that it could not start carries no mark.
  if (runsc !== undefined) await lease.willUndo(['pkill', '-KILL', '-f', `^runsc-[a-z]+ --root=${folder}/`]);
  const log = await open(join(folder, 'log'), 'w');
  const arguments_ = [
    ...[`--net=${lab.path}`, '--', 'unshare', '--mount', '--propagation', 'private', '--'],
    ...['sh', '-c', inPrivate, join(folder, 'cover')],
    // Not for the programs before it: they have libraries of this machine.
    ...['env', `LD_LIBRARY_PATH=${lib}`, join(bin, 'dockerd'), '-H', `unix://${socket}`],
    ...['--data-root', join(folder, 'data'), '--exec-root', join(folder, 'exec')],
    ...['--pidfile', join(folder, 'pid'), '--bridge=none', '--iptables=false', '--ip6tables=false'],
    ...['--ip-forward=false', '--ip-masq=false', '--userland-proxy=false', '--storage-driver=overlay2'],
    ...['--exec-opt', 'native.cgroupdriver=cgroupfs', `--cgroup-parent=${cgroup}`],
    ...(runsc === undefined ? [] : ['--add-runtime', `runsc=${runsc}`]),
  ];
  const child = spawn('nsenter', arguments_, {
    env: { ...lease.environment(), PATH: `${bin}:${process.env.PATH ?? ''}` },
    stdio: ['ignore', log.fd, log.fd],
    detached: true,
  });
  let ended: string | undefined;
  child.once('error', (error) => {
    ended = error.message;
  });
  child.once('exit', (code, signal) => {
    ended = signal ?? `status ${code}`;
  });
  child.unref();
  await log.close();
  const end = performance.now() + patienceMs;
  for (;;) {
    options.signal?.throwIfAborted();
    const engine = await dockerAt(socket, 'private').catch(() => undefined);
    if (engine) return engine;
    if (ended !== undefined || performance.now() > end) {
      const text = await readFile(join(folder, 'log'), 'utf8');
      const words = text.trim().split('\n').slice(-3).join('\n  ');
      throw new CapabilityError(
        `the Docker engine did not start (${ended ?? `not within ${patienceMs / 1000} s`}):\n  ${words}`,
        {
          remedy:
            'see that overlay file systems and cgroups can be mounted here, or start an engine yourself',
        },
      );
    }
    await setTimeout(roundMs);
  }
}
