import { execa } from 'execa';
import { findProgram } from '../../testbed/program.js';

/** Whether network namespaces can be made here. */
export const canMakeNamespaces = process.geteuid?.() === 0 && (await findProgram('ip')) !== undefined;

/** An engine covers /etc in a mount namespace of its own, and keeps containers in overlays. */
const overlay =
  'd=$(mktemp -d) && mount -t tmpfs t "$d" && cd "$d" && mkdir u w && ' +
  'mount -t overlay o -o "lowerdir=/etc,upperdir=$d/u,workdir=$d/w" /etc; s=$?; umount -l "$d"; rmdir "$d"; exit $s';
const mounts = ['--mount', '--propagation', 'private', '--', 'sh', '-c', overlay];

/** Whether container engines of Stackbed's own can be started here. */
export const canRunEngines = canMakeNamespaces && !(await execa('unshare', mounts, { reject: false })).failed;

// A skipped test is to be seen, and why.
if (!canMakeNamespaces) process.stderr.write('SKIPPED for want of root or iproute2: tests of the lab\n');
else if (!canRunEngines)
  process.stderr.write('SKIPPED, as overlays cannot be mounted: tests of containers\n');
