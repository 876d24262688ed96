import { mkdir, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { unpack } from '../../images/unpack.js';
import { packageRoot } from '../../src/package-root.js';
import { findProgram } from '../../testbed/program.js';

/** How a peer is started, or why it cannot be. */
export type PeerCommand =
  | { readonly words: readonly string[]; readonly environment: NodeJS.ProcessEnv }
  | { readonly missing: string };

const firstLine = (text: string) => text.trim().split('\n')[0] ?? '';

/** The npm package raw-socket, fetched into `folder` and compiled there with the headers of this Node. */
export async function rawSocketPeer(folder: string): Promise<PeerCommand> {
  await mkdir(folder);
  const quiet = { reject: false, cwd: folder } as const;
  const install = [
    'install',
    '--prefix',
    folder,
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    'raw-socket@1.8.1',
  ];
  const fetched = await execa('npm', install, quiet);
  if (fetched.failed) return { missing: `it could not be fetched: ${firstLine(fetched.stderr)}` };
  const root = (await execa('npm', ['root', '--global'], quiet)).stdout.trim();
  const builder = join(root, 'npm/node_modules/node-gyp/bin/node-gyp.js');
  const headers = dirname(dirname(process.execPath));
  const built = await execa(process.execPath, [builder, 'rebuild', `--nodedir=${headers}`], {
    ...quiet,
    cwd: join(folder, 'node_modules/raw-socket'),
  });
  if (built.failed)
    return { missing: `it does not compile: ${firstLine(built.stderr.replace(/^gyp info.*\n/gm, ''))}` };
  return {
    words: [process.execPath, join(packageRoot, 'bench/bridge/raw-socket-peer.mjs'), folder],
    environment: {},
  };
}

/** The package python3-scapy, unpacked into `folder`, for the python3 of this machine. */
export async function pythonPeer(folder: string): Promise<PeerCommand> {
  const python = await findProgram('python3');
  if (!python) return { missing: 'python3 is not in PATH' };
  await mkdir(folder);
  const fetched = await execa('apt-get', ['download', '-q', 'python3-scapy'], { reject: false, cwd: folder });
  const deb = (await readdir(folder)).find((name) => name.endsWith('.deb'));
  if (!deb) return { missing: `its package could not be fetched: ${firstLine(fetched.stderr)}` };
  await unpack(join(folder, deb), folder);
  return {
    words: [python, join(packageRoot, 'bench/bridge/scapy-peer.py')],
    environment: { PYTHONPATH: join(folder, 'usr/lib/python3/dist-packages'), HOME: folder },
  };
}
