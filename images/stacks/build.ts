import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { execa } from 'execa';
import { CapabilityError } from '../../src/errors.js';
import { packageRoot } from '../../src/package-root.js';
import type { OnProgress } from '../progress.js';
import { withTemporaryFolder } from '../temporary-folder.js';
import { unpack } from '../unpack.js';
import { buildGo } from './go.js';
import { sharedLibraries } from './libraries.js';
import type { ProcessImage, Stack } from './stack.js';
import { requireCompiler } from './toolchain.js';
import { guestFiles, userModeLinux } from './user-mode-linux.js';

/** Raised by hand when the same packages and sources would give other bytes. */
const builderVersion = 3;

export const programFolder = join(packageRoot, 'images/stacks/programs');

/** A stack as it goes into the store. */
export interface BuiltStack {
  readonly files: Readonly<Record<string, Buffer>>;
  readonly process: ProcessImage;
  /** What was built, when the packages' version does not say. */
  readonly release: string | undefined;
}

/** Identifies how a stack is built: its entry in the catalogue and every source of ours that goes into it. */
export async function stackRecipe(stack: Stack): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(stack));
  const names = (await readdir(programFolder, { recursive: true, withFileTypes: true }))
    .filter((file) => file.isFile())
    .map((file) => join(file.parentPath, file.name))
    .sort();
  const source =
    'source' in stack.build ? stack.build.source : 'folder' in stack.build ? stack.build.folder : '';
  for (const name of names)
    if (name.endsWith('.h') || (source !== '' && name.includes(join(programFolder, source))))
      hash.update(await readFile(name));
  if (stack.build.kind === 'user-mode-linux')
    for (const data of Object.values(await guestFiles())) hash.update(data);
  return `stack-${builderVersion}-${hash.digest('hex').slice(0, 12)}`;
}

/** Compiles one of our programs against the libraries in `tree`. */
async function compile(
  build: Extract<Stack['build'], { source: string }>,
  id: string,
  tree: string,
  onProgress?: OnProgress,
): Promise<string> {
  const compiler = await requireCompiler(build.kind, id, onProgress);
  const program = join(tree, '.stackbed-program');
  const libraries = join(tree, 'usr/lib/x86_64-linux-gnu');
  const { failed, stderr, shortMessage } = await execa(
    compiler,
    [
      ...['-O2', '-s', '-w', `-ffile-prefix-map=${tree}=.`, '-Wl,--build-id=none', '-o', program],
      join(programFolder, build.source),
      ...[`-I${join(tree, 'usr/include')}`, `-I${programFolder}`, `-L${libraries}`, '-Wl,--no-as-needed'],
      // A library of a newer suite may need a newer C library, which the image brings along.
      '-Wl,--unresolved-symbols=ignore-in-shared-libs',
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

/**
 * Builds a stack out of downloaded packages. Nothing of them is installed; equal packages, sources and compiler give equal
 * bytes.
 *
 * @throws CapabilityError when a compiler is missing, or the packages do not hold what they should
 */
export async function buildStack(
  id: string,
  stack: Stack,
  debs: readonly string[],
  options: { scratch: string; onProgress?: OnProgress | undefined },
): Promise<BuiltStack> {
  return withTemporaryFolder(options.scratch, async (tree) => {
    for (const deb of debs) await unpack(deb, tree);
    const { build } = stack;
    const { wire, window, sysctls, answers, ready, console, programs } = stack;
    const process = { wire, window, sysctls, answers, ready, console, programs };
    if (build.kind === 'user-mode-linux') {
      const { program, release, initrd } = await userModeLinux(tree);
      const libraries = await sharedLibraries(program, tree);
      const command = ['env', 'LD_LIBRARY_PATH={folder}/lib', '{folder}/linux', ...stack.arguments];
      return {
        files: together({ linux: program, initrd }, libraries),
        process: { ...process, command },
        release,
      };
    }
    const built =
      build.kind === 'go'
        ? await buildGo(build, id, tree)
        : await compile(build, id, tree, options.onProgress);
    const program = await readFile(built);
    const libraries = await sharedLibraries(program, tree);
    const command = start('program', libraries, stack);
    return { files: together({ program }, libraries), process: { ...process, command }, release: undefined };
  });
}

function together(
  files: Record<string, Buffer>,
  libraries: ReadonlyMap<string, Buffer>,
): Record<string, Buffer> {
  return { ...files, ...Object.fromEntries([...libraries].map(([name, data]) => [`lib/${name}`, data])) };
}

/** Through the loader that came along, when there is one: the machine's own may be too old for the program. */
function start(program: string, libraries: ReadonlyMap<string, Buffer>, stack: Stack): string[] {
  const loader = [...libraries.keys()].find((name) => /^ld[-.]/.test(basename(name)));
  const through = loader ? [`{folder}/lib/${loader}`, '--library-path', '{folder}/lib'] : [];
  return [...through, `{folder}/${program}`, ...stack.arguments];
}
