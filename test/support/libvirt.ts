import { execa } from 'execa';
import { findProgram } from '../../testbed/program.js';

async function whyNot(): Promise<string | undefined> {
  for (const name of ['virsh', 'libvirtd', 'virt-qemu-run'])
    if (!(await findProgram(name, `${process.env.PATH}:/usr/sbin`))) return `${name}, which is not installed`;
  if (process.getuid?.() !== 0) return undefined;
  const { failed } = await execa('unshare', ['--user', '--map-user=1000', 'true'], { reject: false });
  return failed ? 'user namespaces' : undefined;
}

const missing = await whyNot();

/** Whether a libvirtd of our own can be started here; says why not, so that a skipped test is seen. */
export const hasLibvirt = missing === undefined;

if (missing) process.stderr.write(`skipped for want of ${missing}: tests of libvirt\n`);
