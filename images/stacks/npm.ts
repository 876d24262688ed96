import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { CapabilityError } from '../../src/errors.js';
import { programFolder } from './compile.js';
import type { Stack } from './stack.js';

type NpmBuild = Extract<Stack['build'], { kind: 'npm' }>;

/** The file that `npm pack` fetches, from the registry that npm is configured for. */
async function fetchTarball({ package: name, version }: NpmBuild, folder: string): Promise<Buffer> {
  const wanted = `${name}@${version}`;
  const result = await execa(
    'npm',
    ['pack', wanted, '--json', '--ignore-scripts', '--prefer-offline', '--pack-destination', folder],
    { cwd: folder, reject: false, timeout: 300_000 },
  );
  const failure = (why: string) =>
    new CapabilityError(`cannot fetch the npm package ${wanted}: ${why}`, {
      remedy: 'check that npm is installed and that its registry can be reached, or choose another image',
    });
  const reason = () => /^npm error (?!code)(.+)/m.exec(result.stderr)?.[1] ?? result.shortMessage;
  if (result.failed) throw failure(reason()!);
  const [packed] = JSON.parse(result.stdout) as { filename: string }[];
  // npm has told the name of a scoped package with its slash.
  const file = packed!.filename.replace('@', '').replaceAll('/', '-');
  return readFile(join(folder, file)).catch((error: Error) => Promise.reject(failure(error.message)));
}

/**
 * A JavaScript program of ours and the files of an npm package that it needs. The package is of an exact version, is
 * checked against the catalogue's digest, and none of its scripts is run.
 *
 * @param tree where it may be unpacked
 * @throws CapabilityError when the package cannot be fetched, is another than the catalogue says, or lacks a file
 */
export async function npmProgram(build: NpmBuild, tree: string): Promise<Record<string, Buffer>> {
  const tarball = await fetchTarball(build, tree);
  const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`;
  if (integrity !== build.integrity)
    throw new CapabilityError(
      `the npm package ${build.package}@${build.version} is not the one of the catalogue: ${integrity} instead of ${build.integrity}`,
      { remedy: 'the registry that npm uses has another package under this version: ask another registry' },
    );
  const folder = join(tree, 'npm-package');
  await mkdir(folder);
  await execa('tar', ['-xz', '-C', folder], { input: tarball });
  const files: Record<string, Buffer> = {
    'program.mjs': await readFile(join(programFolder, build.source)),
    'wire.mjs': await readFile(join(programFolder, 'wire.mjs')),
  };
  // Says of what kind its modules are.
  for (const path of ['package.json', ...build.files])
    files[`package/${path}`] = await readFile(join(folder, 'package', path)).catch(() => {
      throw new CapabilityError(`the npm package ${build.package}@${build.version} has no file ${path}`);
    });
  return files;
}
