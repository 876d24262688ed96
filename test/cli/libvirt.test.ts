import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findProgram } from '../../testbed/program.js';
import { pathWithNodeOnly, stackbed, temporaryFolder } from '../support/cli.js';

const block = (more: string) => `machines:\n  - {image: linux-5.10, ${more}}\n`;

async function run(text: string, verb: string, env?: (folder: string) => Promise<Record<string, string>>) {
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'given.scenario.yaml');
  await writeFile(file, text);
  const args = verb === 'run' ? [verb, file, '--out', folder.path] : [verb, file];
  const { exitCode, stderr } = await stackbed(args, env ? await env(folder.path) : {});
  return { exitCode, stderr: stderr.replaceAll(folder.path, '') };
}

test.each([
  ['no URI at all', 'driver: libvirt, uri: nonsense', /2:47: .*a libvirt is named like qemu:\/\/\/system/],
  ['a URI for nobody', 'uri: "qemu:///system"', /2:\d+: .*no machine of the block is started by libvirt/],
  ['a driver that there is not', 'driver: libvrit', /2:33: .*did you mean "libvirt"/],
  ['a bridge for QEMU', 'network: bridge', /2:\d+: .*the driver "default" has its own/],
  [
    'a bridge for a libvirt of others',
    'driver: libvirt, network: [wire, bridge], uri: "qemu:///system"',
    /2:\d+: the libvirt at qemu:\/\/\/system is not in the namespace that a run makes.*\n.*leave `uri` out/,
  ],
])('%s is bad input, with its place', async (_, more, words) => {
  const { exitCode, stderr } = await run(block(more), 'validate');
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(words);
});

test('a program on the wire cannot be started by libvirt', async () => {
  const { exitCode, stderr } = await run('machines:\n  - {image: lwip-2.2.1, driver: libvirt}\n', 'validate');
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/cannot be started by the driver "libvirt"\n\s+it can be by: process/);
});

test('without libvirt a run says what to install, before anything is made', async () => {
  const qemu = await findProgram('qemu-system-x86_64');
  const { exitCode, stderr } = await run(block('driver: libvirt'), 'run', async (folder) => {
    const PATH = await pathWithNodeOnly(folder);
    await symlink(qemu ?? process.execPath, join(PATH, 'qemu-system-x86_64'));
    return { PATH };
  });
  expect(exitCode).toBe(3);
  expect(stderr).toMatch(/(virsh|libvirtd) is not installed/);
  expect(stderr).toMatch(/apt-get install .*libvirt-daemon-driver-qemu libvirt-clients/);
});

test.skipIf(!(await findProgram('virsh')))(
  'a libvirt that does not answer is named, with the cure',
  async () => {
    const uri = 'qemu+unix:///system?socket=/nowhere/libvirt-sock';
    const { exitCode, stderr } = await run(block(`driver: libvirt, uri: "${uri}"`), 'run');
    expect(exitCode).toBe(3);
    expect(stderr).toContain(`no libvirt answers at ${uri}: `);
    expect(stderr).toContain(
      "Failed to connect socket to '/nowhere/libvirt-sock': No such file or directory",
    );
    expect(stderr).toContain('systemctl start libvirtd');
  },
);

test.skipIf(!(await findProgram('virsh')) || !(await findProgram('ssh')))(
  'a host that ssh does not reach is named, with what ssh says',
  async () => {
    const uri = 'qemu+ssh://nobody@127.0.0.1:9/system';
    const { exitCode, stderr } = await run(block(`driver: libvirt, uri: "${uri}"`), 'run');
    expect(exitCode).toBe(3);
    expect(stderr).toMatch(/no libvirt answers at qemu\+ssh:.*ssh: connect to host 127\.0\.0\.1 port 9/);
  },
);
