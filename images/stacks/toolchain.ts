import { execa } from 'execa';
import { CapabilityError } from '../../src/errors.js';
import type { OnProgress } from '../progress.js';

/** Compilers by the kind of build, and the packages that have them. */
const compilers = {
  c: { program: 'gcc', packages: ['gcc', 'libc6-dev'] },
  'c++': { program: 'g++', packages: ['g++', 'libc6-dev'] },
} as const;

async function version(program: string): Promise<string | undefined> {
  const { failed, stdout } = await execa(program, ['-dumpfullversion'], { reject: false });
  return failed ? undefined : stdout.trim();
}

/**
 * The compiler for a stack that is built from source. As root it is installed where it is missing, and said before.
 *
 * @throws CapabilityError with the command that installs it, when it is missing and cannot be installed
 */
export async function requireCompiler(
  kind: keyof typeof compilers,
  id: string,
  onProgress?: OnProgress,
): Promise<string> {
  const { program, packages } = compilers[kind];
  if (await version(program)) return program;
  const command = ['apt-get', 'install', '-y', '--no-install-recommends', ...packages];
  if (process.getuid?.() === 0) {
    onProgress?.({ kind: 'install', id, packages });
    await execa(command[0]!, command.slice(1), { reject: false, env: { DEBIAN_FRONTEND: 'noninteractive' } });
    if (await version(program)) return program;
  }
  throw new CapabilityError(`${program} is not installed: it builds ${id}`, {
    remedy: `install it with: ${command.filter((word) => word !== '-y').join(' ')}`,
  });
}
