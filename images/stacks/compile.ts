import { join } from 'node:path';
import { execa } from 'execa';
import { CapabilityError } from '../../src/errors.js';
import { packageRoot } from '../../src/package-root.js';
import type { OnProgress } from '../progress.js';
import type { Stack } from './stack.js';
import { requireCompiler } from './toolchain.js';

export const programFolder = join(packageRoot, 'images/stacks/programs');

/** Compiles one of our programs, or libraries to be preloaded, against the libraries in `tree`; returns its path. */
export async function compile(
  build: Extract<Stack['build'], { flags: string[] }>,
  id: string,
  tree: string,
  onProgress?: OnProgress,
): Promise<string> {
  const isLibrary = build.kind === 'preload';
  const compiler = await requireCompiler(build.kind === 'c++' ? 'c++' : 'c', id, onProgress);
  const program = join(tree, '.stackbed-program');
  const libraries = join(tree, 'usr/lib/x86_64-linux-gnu');
  const { failed, stderr, shortMessage } = await execa(
    compiler,
    [
      ...(isLibrary ? ['-shared', '-fPIC'] : []),
      ...['-O2', '-s', '-w', `-ffile-prefix-map=${tree}=.`, '-Wl,--build-id=none', '-o', program],
      join(programFolder, build.source),
      ...[`-I${join(tree, 'usr/include')}`, `-I${programFolder}`, `-L${libraries}`, '-Wl,--no-as-needed'],
      // A library of a newer suite may need a newer C library, which the image brings along.
      '-Wl,--unresolved-symbols=ignore-in-shared-libs',
      ...('replaces' in build && build.replaces ? [`-Wl,-soname,${build.replaces}`] : []),
      ...build.flags.map((flag) => flag.replaceAll('{tree}', tree)),
    ],
    { reject: false, env: { LC_ALL: 'C' } },
  );
  if (!failed) return program;
  throw new CapabilityError(
    `${id} could not be built: ${stderr.split('\n').slice(0, 6).join('\n  ') || shortMessage}`,
    {
      remedy: 'the compiler or the library may be newer than Stackbed knows: choose another image',
    },
  );
}
