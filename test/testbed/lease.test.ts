import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packageRoot } from '../../src/package-root.js';
import { Lease } from '../../testbed/lease/lease.js';
import { temporaryFolder } from '../support/cli.js';
import { processesWith, until } from '../support/processes.js';

const sleeper = (lease: Lease) => spawn('sleep', ['600'], { env: lease.environment(), stdio: 'ignore' });

test('releasing a lease ends its processes and removes its folder', async () => {
  const lease = await Lease.acquire();
  const child = sleeper(lease);
  const ended = once(child, 'exit');
  await writeFile(join(lease.folder, 'left-behind'), '');
  await lease.release();
  expect((await ended)[1]).toBe('SIGKILL');
  expect(existsSync(lease.folder)).toBe(false);
  await lease.release();
});

test('a process without the mark, whose environment leads into the folder, is of the lease', async () => {
  const lease = await Lease.acquire();
  const child = spawn('sleep', ['600'], { env: { HOME: join(lease.folder, 'home') }, stdio: 'ignore' });
  const ended = once(child, 'exit');
  await once(child, 'spawn');
  await lease.release();
  expect((await ended)[1]).toBe('SIGKILL');
});

test('two leases do not meet', async () => {
  await using first = await Lease.acquire();
  const second = await Lease.acquire();
  const child = sleeper(first);
  await once(child, 'spawn');
  await second.release();
  expect(existsSync(first.folder)).toBe(true);
  expect([...(await processesWith('STACKBED_LEASE', first.mark)).keys()]).toEqual([child.pid]);
});

test('a holder that is killed loses its processes, children of children included, and its folder', async () => {
  const holder = spawn(
    process.execPath,
    [
      '--input-type=module',
      '--eval',
      `import { spawn } from 'node:child_process';
       import { Lease } from ${JSON.stringify(join(packageRoot, 'dist/testbed/lease/lease.js'))};
       const lease = await Lease.acquire();
       spawn('sh', ['-c', 'sleep 600 & sleep 600'], { env: lease.environment(), stdio: 'ignore' });
       process.stdout.write(lease.mark + ' ' + lease.folder + '\\n');
       setInterval(() => {}, 1000);`,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const [line] = (await once(holder.stdout, 'data')) as [Buffer];
  const [mark, folder] = line.toString().trim().split(' ') as [string, string];
  await until(async () => (await processesWith('STACKBED_LEASE', mark)).size >= 3, 5000, 'three processes');
  holder.kill('SIGKILL');
  await until(async () => (await processesWith('STACKBED_LEASE', mark)).size === 0, 5000, 'no process left');
  await until(() => !existsSync(folder), 5000, 'no folder left');
});

test('what was promised to be undone is undone when the lease drops, the last first, and not twice', async () => {
  await using folder = await temporaryFolder();
  const made = (name: string) => join(folder.path, name);
  const lease = await Lease.acquire();
  const inside = await lease.willUndo(['rmdir', made('outer/inner')]);
  await inside().then(
    () => expect.unreachable('there was nothing to undo yet'),
    () => {},
  );
  const first = await lease.willUndo(['touch', made('first')]);
  await lease.willUndo(['rmdir', made('outer')]);
  await lease.willUndo(['rmdir', made('outer/other')]);
  await mkdir(made('outer/other'), { recursive: true });
  await first();
  await rm(made('first'));
  await lease.release();
  expect(await readdir(folder.path)).toEqual([]);
});
