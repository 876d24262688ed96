import { execa } from 'execa';

/** The version a QEMU program states, like `7.2.22`; its first line when it has another form. */
export async function qemuVersion(program: string): Promise<string> {
  const { stdout } = await execa(program, ['--version']);
  return /version (\S+)/.exec(stdout)?.[1] ?? stdout.split('\n')[0] ?? 'unknown';
}
