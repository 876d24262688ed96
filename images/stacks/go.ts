import { cp, mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { CapabilityError } from '../../src/errors.js';
import { packageRoot } from '../../src/package-root.js';
import type { Stack } from './stack.js';

const parts = ['api', 'misc', 'pkg', 'src', 'test', 'lib'];

/**
 * Builds a Go program with the compiler and libraries that were unpacked into `tree`: a package's compiler finds the rest of
 * itself by links that lead outside the tree, so they are laid anew. No Go is needed on the machine.
 */
export async function buildGo(
  build: Extract<Stack['build'], { kind: 'go' }>,
  id: string,
  tree: string,
): Promise<string> {
  const root = join(tree, 'go-root');
  await mkdir(root);
  for (const part of ['bin', 'pkg']) await cpInto(join(tree, 'usr/lib', build.root, part), join(root, part));
  for (const part of parts) {
    if (part !== 'pkg') await symlink(join(tree, 'usr/share', build.root, part), join(root, part));
    else await cpInto(join(tree, 'usr/share', build.root, part), join(root, part));
  }
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

async function cpInto(from: string, to: string): Promise<void> {
  await cp(from, to, { recursive: true, dereference: false, verbatimSymlinks: true }).catch((error) => {
    if (error.code !== 'ENOENT') throw error;
  });
}
