import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { findRunsc } from '../../testbed/engines/runtimes.js';
import { stackbed, temporaryFolder } from '../support/cli.js';
import { canMakeNamespaces } from '../support/root.js';

async function run(
  block: string,
  verb: string,
  env: (folder: string) => Record<string, string> = () => ({}),
) {
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'given.scenario.yaml');
  await writeFile(file, `machines:\n  - {${block}}\n`);
  const args = verb === 'run' ? [verb, file, '--out', folder.path] : [verb, file];
  return await stackbed(args, env(folder.path));
}

test.each([
  [
    'no container',
    'image: linux-5.10, runtime: runsc',
    /chosen for containers only; linux-5\.10\S* is started by qemu/,
  ],
  ['a program', 'image: gvisor-2024, runtime: runc', /gvisor-2024 is started by process/],
  [
    'a stack of its own',
    'image: gvisor-2024, driver: docker, runtime: runsc',
    /only containers of the catalogue/,
  ],
  [
    'kernel settings',
    'image: container-debian-13, runtime: [runc, runsc], sysctls: {net.ipv4.tcp_ecn: 0}',
    /runsc has no kernel settings and no socket options/,
  ],
  ['a runtime that there is not', 'image: container-debian-13, runtime: runcs', /did you mean "runc/],
])('%s is bad input for a runtime, with its place', async (_, block, words) => {
  const { exitCode, stderr } = await run(block, 'validate');
  expect(exitCode, stderr).toBe(2);
  expect(stderr).toMatch(/given\.scenario\.yaml:2:\d+: /);
  expect(stderr).toMatch(words);
});

test.skipIf(!canMakeNamespaces)('an engine that was stopped is named, with the cure', async () => {
  await using folder = await temporaryFolder();
  const socket = join(folder.path, 'docker.sock');
  // What a daemon leaves that was killed: a socket to which nobody listens.
  const die =
    "require('net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))";
  await execa(process.execPath, ['-e', die, socket], { reject: false });
  const block = 'image: container-debian-13';
  const { exitCode, stderr } = await run(block, 'run', () => ({ DOCKER_HOST: `unix://${socket}` }));
  expect(exitCode, stderr).toBe(3);
  expect(stderr).toMatch(/docker\.sock \(DOCKER_HOST\): nobody listens\n.*stackbed lab up/);
});

const gvisor = 'image: container-debian-13, runtime: runsc';

test.skipIf(!canMakeNamespaces)(
  'an engine that does not know runsc is named, with what it knows',
  async () => {
    const answers: Record<string, object> = {
      '/version': { Version: '99.1' },
      '/info': { Runtimes: { 'io.containerd.runc.v2': { path: 'runc' }, runc: { path: 'runc' } } },
    };
    const engine = createServer((request, response) =>
      response.end(JSON.stringify(answers[request.url!] ?? {})),
    );
    await using folder = await temporaryFolder();
    const socket = join(folder.path, 'docker.sock');
    await new Promise<void>((listening) => engine.listen(socket, listening));
    const { exitCode, stderr } = await run(gvisor, 'run', () => ({ DOCKER_HOST: `unix://${socket}` }));
    engine.close();
    expect(exitCode, stderr).toBe(3);
    expect(stderr).toMatch(
      /docker\.sock \(DOCKER_HOST\) does not know the runtime runsc; it knows: io\.containerd\.runc\.v2, runc\n.*daemon\.json/,
    );
  },
);

test.skipIf(!canMakeNamespaces || (await findRunsc()) !== undefined)(
  'without runsc a run says what to install, before anything is made',
  async () => {
    const { exitCode, stderr } = await run(gvisor, 'run', (folder) => ({
      DOCKER_HOST: '',
      STACKBED_LAB: join(folder, 'none.json'),
    }));
    expect(exitCode, stderr).toBe(3);
    expect(stderr).toMatch(/runsc is not in PATH.*\n.*apt-get install .*runsc.*gvisor-2024/);
  },
);
