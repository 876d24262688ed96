import { createHash } from 'node:crypto';
import { copyFile, readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { CapabilityError } from '../../src/errors.js';
import { packageRoot } from '../../src/package-root.js';
import type { OnProgress } from '../progress.js';
import { withTemporaryFolder } from '../temporary-folder.js';
import { unpack } from '../unpack.js';
import { compile, programFolder } from './compile.js';
import { containerCommand, containerFiles } from './container.js';
import { firmwareFiles, firmwareProcess } from './firmware.js';
import { buildGo } from './go.js';
import { sharedLibraries } from './libraries.js';
import { npmProgram } from './npm.js';
import { type ProcessImage, type Stack, wireArguments } from './stack.js';
import { guestFiles, userModeLinux } from './user-mode-linux.js';

/** Raised by hand when the same packages and sources would give other bytes. */
const builderVersion = 3;

/** A stack as it goes into the store. */
export interface BuiltStack {
  readonly files: Readonly<Record<string, Buffer>>;
  readonly process: ProcessImage;
  /** What was built, when the packages' version does not say. */
  readonly release: string | undefined;
}

/** What of {@link programFolder} goes into a stack: files, or a folder of them. */
function sourcesOf(build: Stack['build']): readonly string[] {
  if ('source' in build) return [build.source];
  if ('folder' in build) return [build.folder];
  return build.kind === 'firmware' ? Object.values(build.own) : [];
}

/** Identifies how a stack is built: its entry in the catalogue and every source of ours that goes into it. */
export async function stackRecipe(stack: Stack): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(stack));
  const names = (await readdir(programFolder, { recursive: true, withFileTypes: true }))
    .filter((file) => file.isFile())
    .map((file) => join(file.parentPath, file.name))
    .sort();
  const sources = sourcesOf(stack.build).map((source) => join(programFolder, source));
  for (const name of names)
    if (/\.h$|\/wire\.mjs$/.test(name) || sources.some((source) => name.includes(source)))
      hash.update(await readFile(name));
  if (stack.build.kind === 'firmware') hash.update(JSON.stringify(firmwareProcess(stack.build, [])));
  if (stack.build.kind === 'container')
    hash.update(await readFile(join(packageRoot, 'images/guest/machine.pl')));
  if (stack.build.kind === 'user-mode-linux')
    for (const data of Object.values(await guestFiles())) hash.update(data);
  return `stack-${builderVersion}-${hash.digest('hex').slice(0, 12)}`;
}

/**
 * Builds a stack out of downloaded packages. Nothing of them is installed; equal packages, sources and
 * compiler give equal bytes.
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
    const { build, arguments: given = [] } = stack;
    const { wire, window, sysctls, answers, ready, console, programs, tftp } = stack;
    const process = { wire, window, sysctls, answers, ready, console, programs, ...(tftp && { tftp }) };
    // The loader and libraries of the packages: the machine's own may be too old for the program.
    const imageOf = async (files: Record<string, Buffer>, command: CommandOf, release?: string) => {
      const libraries = await sharedLibraries(Object.values(files), tree);
      const all = { ...files, ...inFolder('lib', libraries) };
      return { files: all, process: { ...process, command: command(loaderOf(libraries)) }, release };
    };
    switch (build.kind) {
      case 'user-mode-linux': {
        const { program, release, initrd } = await userModeLinux(tree);
        const command = ['env', 'LD_LIBRARY_PATH={folder}/lib', '{folder}/linux', ...given];
        return imageOf({ linux: program, initrd }, () => command, release);
      }
      case 'container':
        return {
          files: await containerFiles(tree),
          process: { ...process, command: containerCommand },
          release: undefined,
        };
      case 'npm':
        return imageOf(await npmProgram(build, tree), () => [
          '{node}',
          '{folder}/program.mjs',
          ...wireArguments,
        ]);
      case 'preload': {
        const built = await compile(build, id, tree, options.onProgress);
        if (build.replaces) await copyFile(built, join(tree, 'usr/lib', build.replaces));
        const library = await readFile(built);
        const program = await fileOf(tree, build.program);
        return imageOf({ program, 'preload.so': library }, (loader) => [
          ...['env', `STACKBED_WIRE=${wireArguments.join('\n')}`, ...loader],
          ...['--preload', '{folder}/preload.so', '{folder}/program', ...given],
        ]);
      }
      case 'firmware': {
        const files = await firmwareFiles(build, id, tree, options.onProgress);
        return { files, process: { ...process, ...firmwareProcess(build, given) }, release: undefined };
      }
      default: {
        const path =
          build.kind === 'go'
            ? await buildGo(build, id, tree)
            : await compile(build, id, tree, options.onProgress);
        const files: Record<string, Buffer> = { program: await readFile(path) };
        if (build.kind === 'c')
          for (const [name, from] of Object.entries(build.starts)) files[name] = await fileOf(tree, from);
        return imageOf(files, (loader) => {
          const several: Record<string, readonly string[]> = { '{wire}': wireArguments, '{loader}': loader };
          const words = (stack.arguments ?? ['{wire}']).flatMap((word) => several[word] ?? [word]);
          return [...loader, '{folder}/program', ...words];
        });
      }
    }
  });
}

type CommandOf = (loader: readonly string[]) => string[];

/** @throws CapabilityError when no package brought it */
async function fileOf(tree: string, path: string): Promise<Buffer> {
  return readFile(join(tree, path)).catch(() => {
    throw new CapabilityError(`none of the image's packages has the file ${path}`);
  });
}

function inFolder(folder: string, files: ReadonlyMap<string, Buffer>): Record<string, Buffer> {
  return Object.fromEntries([...files].map(([name, data]) => [`${folder}/${name}`, data]));
}

/** How a program is started through the loader that came along, when there is one. */
function loaderOf(libraries: ReadonlyMap<string, Buffer>): string[] {
  const loader = [...libraries.keys()].find((name) => /^ld[-.]/.test(basename(name)));
  return loader ? [`{folder}/lib/${loader}`, '--library-path', '{folder}/lib'] : [];
}
