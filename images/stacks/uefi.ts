import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { CapabilityError } from '../../src/errors.js';
import type { OnProgress } from '../progress.js';
import { programFolder } from './compile.js';
import { requireCompiler } from './toolchain.js';

const compilerFlags = [
  ...['-std=gnu11', '-O2', '-w', '-fpic', '-ffreestanding', '-fshort-wchar', '-mno-red-zone'],
  ...['-fno-stack-protector', '-fno-stack-check', '-fcf-protection=none', '-fno-strict-aliasing'],
  '-maccumulate-outgoing-args',
];

/** Sections of a UEFI application; what a linker of another day adds is left out. */
const sections = ['.text', '.sdata', '.data', '.rodata', '.dynamic', '.dynsym', '.rel*', '.rela*', '.reloc'];

/** Offset of the time of linking in a COFF header, behind its signature (Microsoft PE format, section 3.3). */
const timeStamp = 8;

/**
 * Compiles one of our sources to a UEFI application for amd64, with the headers, start code and libraries of the package
 * gnu-efi in `tree`.
 *
 * @throws CapabilityError when a compiler is missing or does not understand them
 */
export async function uefiApplication(
  source: string,
  id: string,
  tree: string,
  onProgress?: OnProgress,
): Promise<Buffer> {
  const compiler = await requireCompiler('c', id, onProgress);
  const headers = join(tree, 'usr/include/efi');
  const libraries = join(tree, 'usr/lib');
  const at = (name: string) => join(tree, `.stackbed-${name}`);
  const run = async (program: string, args: readonly string[]) => {
    const { failed, stderr, shortMessage } = await execa(program, args, {
      reject: false,
      env: { LC_ALL: 'C' },
    });
    if (!failed) return;
    throw new CapabilityError(
      `${id} could not be built: ${stderr.split('\n').slice(0, 6).join('\n  ') || shortMessage}`,
      {
        remedy: 'the compiler or its package binutils may be newer than Stackbed knows: choose another image',
      },
    );
  };
  await run(compiler, [
    ...[...compilerFlags, `-ffile-prefix-map=${tree}=.`, `-I${headers}`, `-I${join(headers, 'x86_64')}`],
    ...['-c', join(programFolder, source), '-o', at('object')],
  ]);
  await run('ld', [
    ...['-nostdlib', '-znocombreloc', '-shared', '-Bsymbolic', '--build-id=none'],
    ...['-T', join(libraries, 'elf_x86_64_efi.lds'), join(libraries, 'crt0-efi-x86_64.o'), at('object')],
    ...[`-L${libraries}`, '-lefi', '-lgnuefi', '-o', at('shared')],
  ]);
  await run('objcopy', [
    ...sections.flatMap((section) => ['-j', section]),
    ...['--target', 'efi-app-x86_64', at('shared'), at('application')],
  ]);
  const application = await readFile(at('application'));
  // Equal sources are to give equal bytes.
  application.writeUInt32LE(0, application.readUInt32LE(0x3c) + timeStamp);
  return application;
}
