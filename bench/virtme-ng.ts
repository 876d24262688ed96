import { chmod, copyFile, cp, mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { AptRoot } from '../images/debian/apt-root.js';
import { findMirror } from '../images/debian/mirror.js';
import type { BootableImage } from '../images/index.js';
import { unpack } from '../images/unpack.js';
import { CapabilityError } from '../src/errors.js';
import { StreamPort } from '../src/netem/stream-port.js';
import { packageRoot } from '../src/package-root.js';
import { startQemu } from '../testbed/drivers/qemu/process.js';
import type { Lease } from '../testbed/lease/lease.js';
import type { Driver, Machine, MachineSpec, NetworkIdentity } from '../testbed/machine.js';
import { packagedKernel } from './plain-qemu.js';

const suite = 'trixie';
/** What virtme-ng runs on and what its guest's init calls, as far as it does not depend on it. */
const packages = [
  ...['virtme-ng', 'virtiofsd', 'busybox-static', 'perl-base'],
  ...['base-files', 'bash', 'coreutils', 'grep', 'iproute2', 'kmod', 'mount', 'sed', 'udev', 'util-linux'],
];

const libraries = 'usr/lib/x86_64-linux-gnu';
/** Programs of the tree that run here, by the name they are called by. */
const programs: Readonly<Record<string, string>> = {
  python3: 'usr/bin/python3',
  modprobe: 'usr/bin/kmod',
  depmod: 'usr/bin/kmod',
  file: 'usr/bin/file',
  virtiofsd: 'usr/libexec/virtiofsd',
};

/** Files that maintainer's scripts would make, and that virtme-init mounts its own over. */
const settings: Readonly<Record<string, string>> = {
  'etc/passwd': 'root:x:0:0:root:/root:/bin/bash\n',
  'etc/group': 'root:x:0:\ntty:x:5:\n',
  ...{ 'etc/shadow': '', 'etc/fstab': '', 'etc/sudoers': '', 'etc/hosts': '' },
  // A cloud kernel has virtiofs and no 9p, over which virtme-run hands its guest tools to a root of one's own.
  'usr/sbin/mount.9p': '#!/bin/bash\nexec mount --bind /guesttools "$2"\n',
};

/** A root file system that virtme-ng runs from and that its guest has for its own, and the kernel in it. */
export interface VirtmeTree {
  readonly folder: string;
  readonly kernel: string;
}

/**
 * Unpacks virtme-ng with all that it depends on, and the kernel of `image` with its modules, into `folder`.
 *
 * @throws CapabilityError when the archive does not have them
 */
export async function virtmeTree(image: BootableImage, folder: string): Promise<VirtmeTree> {
  const apt = join(folder, 'apt');
  const root = await AptRoot.open(apt, {
    mirror: await findMirror(),
    suites: [suite, `${suite}-security`],
    architectures: ['amd64'],
  });
  await root.update();
  const install = ['-qq', '-y', '--download-only', '--no-install-recommends', 'install', ...packages];
  const fetched = await execa('apt-get', ['-c', join(apt, 'apt.conf'), ...install], { reject: false });
  if (fetched.failed) {
    const why = fetched.stderr.trim().split('\n')[0] || fetched.shortMessage;
    throw new CapabilityError(`its packages could not be fetched: ${why}`);
  }
  const tree = join(folder, 'root');
  const archives = join(apt, 'cache/archives');
  for (const name of await readdir(archives))
    if (name.endsWith('.deb')) await unpack(join(archives, name), tree);
  const kernel = await packagedKernel(image, tree);
  await symlink('bash', join(tree, 'usr/bin/sh'));
  await mkdir(join(tree, 'etc/lvm'), { recursive: true });
  for (const [name, text] of Object.entries(settings))
    await writeFile(join(tree, name), text, { mode: 0o755 });
  await cp(join(tree, 'usr/lib/python3/dist-packages/virtme/guest'), join(tree, 'guesttools'), {
    recursive: true,
  });
  await copyFile(join(packageRoot, 'images/guest/machine.pl'), join(tree, 'machine.pl'));
  await mkdir(join(folder, 'bin'));
  for (const [name, program] of Object.entries(programs)) {
    const path = join(folder, 'bin', name);
    const loader = `'${tree}/${libraries}/ld-linux-x86-64.so.2' --library-path '${tree}/${libraries}'`;
    await writeFile(path, `#!/bin/sh\nexec ${loader} --argv0 ${name} '${tree}/${program}' "$@"\n`);
    await chmod(path, 0o755);
  }
  return { folder, kernel };
}

/**
 * A guest of virtme-ng, started as it is meant to be: the kernel as packaged, a root file system shared by
 * virtiofs, its own init with udev, and one script, which here configures the network and listens.
 */
export class VirtmeNg implements Driver {
  readonly name = 'virtme-ng';
  private started = 0;

  constructor(
    private readonly lease: Lease,
    private readonly tree: VirtmeTree,
  ) {}

  async start(spec: MachineSpec, network: NetworkIdentity): Promise<Machine> {
    const { folder, kernel } = this.tree;
    const root = join(folder, 'root');
    const socketPath = join(this.lease.folder, `virtme${this.started++}.sock`);
    const port = await StreamPort.listen(spec.id, socketPath);
    const orders = [
      ...['net.ifnames=0', `stackbed.address=${network.address}/${network.prefix}`],
      ...[`stackbed.gateway=${network.gateway}`, `stackbed.open=${spec.openPorts.join(',')}`],
    ];
    // It opens its standard streams by their names in /proc, which sockets, as node has them, do not allow.
    const inPipes = 'exec "$0" "$@" < /dev/null 2>&1 | cat';
    const run = await startQemu(this.lease, 'env', [
      ...[`PATH=${join(folder, 'bin')}:${process.env.PATH}`, `PYTHONHOME=${join(root, 'usr')}`],
      ...['PYTHONDONTWRITEBYTECODE=1', `PYTHONPATH=${join(root, 'usr/lib/python3/dist-packages')}`],
      ...[`MAGIC=${join(root, 'usr/lib/file/magic.mgc')}`, 'sh', '-c', inPipes],
      ...['python3', '-m', 'virtme.commands.run', '--kimg', kernel, '--mods', 'auto', '--root', root],
      ...['--disable-kvm', '--memory', `${spec.hardware.ramMib}M`],
      ...['--busybox', join(root, 'usr/bin/busybox'), ...orders.flatMap((order) => ['--kopt', order])],
      ...['--script-sh', 'exec perl /machine.pl', '--qemu-opts'],
      ...['-netdev', `stream,id=n0,server=off,addr.type=unix,addr.path=${socketPath}`],
      ...['-device', `virtio-net-pci,netdev=n0,mac=${network.mac}`],
    ]);
    const { child, console, startedAt, exited, type } = run;
    return {
      ...{ spec, network, port, console, startedAt, exited, type },
      stop: async () => {
        try {
          // Its helpers, virtiofsd among them, are of its process group.
          if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
        } catch {
          // All of it is gone already.
        }
        await run.stop();
        await port.close();
      },
    };
  }
}
