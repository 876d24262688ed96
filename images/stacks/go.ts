import { cp, lstat, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { CapabilityError } from '../../src/errors.js';
import { packageRoot } from '../../src/package-root.js';
import type { Stack } from './stack.js';

const parts = ['bin', 'pkg', 'src', 'lib'];

/**
 * Builds a Go program with the compiler and libraries that were unpacked into `tree`: a package's compiler finds the rest of
 * itself by links that lead outside the tree, so the parts are put together anew. No Go is needed on the machine.
 */
export async function buildGo(
  build: Extract<Stack['build'], { kind: 'go' }>,
  id: string,
  tree: string,
): Promise<string> {
  const root = join(tree, 'go-root');
  await mkdir(root);
  for (const home of ['usr/lib', 'usr/share'])
    for (const part of parts) await copyWithoutLinks(join(tree, home, build.root, part), join(root, part));
  const folder = join(tree, 'go-program');
  await mkdir(folder);
  for (const file of build.files)
    await cp(join(packageRoot, 'images/stacks/programs', build.folder, file), join(folder, file));
  const program = join(tree, '.stackbed-program');
  const result = await execa(
    join(root, 'bin/go'),
    ['build', '-trimpath', '-ldflags=-s -w -buildid=', '-o', program, '.'],
    {
      cwd: folder,
      reject: false,
      env: {
        ...{
          GOROOT: root,
          GOPATH: join(tree, 'usr/share/gocode'),
          GO111MODULE: 'off',
          CGO_ENABLED: '0',
          GOFLAGS: '',
        },
        ...{
          GOCACHE: join(tree, 'go-cache'),
          HOME: tree,
          GOTOOLCHAIN: 'local',
          GOTELEMETRY: 'off',
          GOPROXY: 'off',
        },
      },
    },
  );
  if (!result.failed) return program;
  throw new CapabilityError(
    `${id} could not be built: ${result.stderr.split('\n').slice(0, 6).join('\n  ')}`,
  );
}

async function copyWithoutLinks(from: string, to: string): Promise<void> {
  const filter = async (path: string) => !(await lstat(path)).isSymbolicLink();
  await cp(from, to, { recursive: true, filter }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
}
