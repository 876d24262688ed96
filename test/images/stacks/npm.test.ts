import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { npmProgram } from '../../../images/stacks/npm.js';
import { CapabilityError } from '../../../src/errors.js';

const path = process.env.PATH;
let folder: string;
let integrity: string;

/** A registry of one package, as an `npm` in the PATH that packs it; or whatever `script` does instead. */
async function npmDoes(script: string): Promise<void> {
  await writeFile(join(folder, 'bin/npm'), `#!/bin/sh\n${script}\n`);
  await chmod(join(folder, 'bin/npm'), 0o755);
}

const build = (changes: object = {}) => ({
  ...{ kind: 'npm' as const, source: 'gondolin.mjs', package: '@some/stack', version: '1.2.3', integrity },
  files: ['lib/stack.js'],
  ...changes,
});

async function failureOf(changes: object = {}): Promise<CapabilityError> {
  await mkdir(join(folder, 'tree'));
  const failure = await npmProgram(build(changes), join(folder, 'tree')).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(CapabilityError);
  return failure as CapabilityError;
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stackbed-npm-'));
  await mkdir(join(folder, 'bin'));
  await mkdir(join(folder, 'package/lib'), { recursive: true });
  await writeFile(join(folder, 'package/package.json'), '{"type":"commonjs"}');
  await writeFile(join(folder, 'package/lib/stack.js'), 'exports.a = 1;');
  const tarball = join(folder, 'stack.tgz');
  await execa('tar', ['-czf', tarball, '-C', folder, 'package']);
  integrity = `sha512-${createHash('sha512')
    .update(await readFile(tarball))
    .digest('base64')}`;
  process.env.PATH = `${join(folder, 'bin')}${delimiter}${path}`;
  await npmDoes(
    `for last; do :; done\ncp ${tarball} "$last/some-stack-1.2.3.tgz"\necho "$@" > ${folder}/asked\necho '[{"filename":"@some/stack-1.2.3.tgz"}]'`,
  );
});

afterEach(async () => {
  process.env.PATH = path;
  await rm(folder, { recursive: true });
});

it('takes the named files of exactly the version that is pinned, and runs none of its scripts', async () => {
  await mkdir(join(folder, 'tree'));
  const files = await npmProgram(build(), join(folder, 'tree'));
  expect(Object.keys(files)).toEqual([
    'program.mjs',
    'wire.mjs',
    'package/package.json',
    'package/lib/stack.js',
  ]);
  expect(files['package/lib/stack.js']!.toString()).toBe('exports.a = 1;');
  const asked = await readFile(join(folder, 'asked'), 'utf8');
  expect(asked).toMatch(/^pack @some\/stack@1\.2\.3 .*--ignore-scripts/);
});

it('refuses a package that is another than the catalogue says', async () => {
  const failure = await failureOf({ integrity: 'sha512-other' });
  expect(failure.message).toContain('@some/stack@1.2.3 is not the one of the catalogue');
  expect(failure.message).toContain(integrity);
});

it('names a file that the package does not have', async () => {
  expect((await failureOf({ files: ['lib/gone.js'] })).message).toContain('has no file lib/gone.js');
});

it('says why a package cannot be fetched, without what npm says of itself', async () => {
  await npmDoes('echo "npm error code E404\nnpm error 404 Not Found" >&2; exit 1');
  const failure = await failureOf();
  expect(failure.message).toBe('cannot fetch the npm package @some/stack@1.2.3: 404 Not Found');
  expect(failure.remedy).toContain('registry');
});
