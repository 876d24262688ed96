import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { execa } from 'execa';
import { CapabilityError } from '../../src/errors.js';
import type { Executor } from '../../src/netem/compile/command.js';
import { findProgram } from '../program.js';

const commandMs = 30_000;
const install = 'install it with: apt-get install --no-install-recommends util-linux';

async function required(name: string): Promise<string> {
  const path = await findProgram(name);
  if (!path)
    throw new CapabilityError(`${name} is not in PATH: a network namespace needs it`, { remedy: install });
  return path;
}

/**
 * A network namespace that nobody else has, to try things in: it is that of one process of ours, whose standard input
 * ends when we do, and goes with it. Whoever is not root gets a user namespace with it.
 */
export class ScratchNamespace implements AsyncDisposable {
  private constructor(
    private readonly holder: ChildProcess,
    private readonly enter: readonly string[],
  ) {}

  /** @throws CapabilityError with what the kernel said when it makes none */
  static async open(): Promise<ScratchNamespace> {
    const [unshare, nsenter, cat] = [
      await required('unshare'),
      await required('nsenter'),
      await required('cat'),
    ];
    const asRoot = process.geteuid?.() === 0;
    const holder = spawn(unshare, [...(asRoot ? [] : ['--user', '--map-root-user']), '--net', cat], {
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let said = '';
    holder.stderr.on('data', (chunk) => {
      said += String(chunk);
    });
    holder.stdin.on('error', () => {});
    // Its echo says that it is in its namespace.
    holder.stdin.write('here\n');
    const [answer] = await Promise.race([once(holder.stdout, 'data'), once(holder, 'close')]);
    if (!Buffer.isBuffer(answer))
      throw new CapabilityError(
        `the kernel makes no network namespace: ${said.trim() || 'unshare said nothing'}`,
        {
          remedy: 'run as root, or where unprivileged user namespaces are allowed',
        },
      );
    const user = asRoot ? [] : ['--user', '--preserve-credentials'];
    return new ScratchNamespace(holder, [nsenter, '--target', String(holder.pid), ...user, '--net']);
  }

  /** Runs a program in the namespace. */
  readonly run: Executor = async (argv, stdin = '') => {
    const [program, ...args] = [...this.enter, ...argv];
    const options = { reject: false, input: stdin, timeout: commandMs } as const;
    const { exitCode, stdout, stderr, shortMessage } = await execa(program!, args, options);
    return {
      exitCode: exitCode ?? 1,
      stdout,
      stderr: stderr || (exitCode === 0 ? '' : (shortMessage ?? '')),
    };
  };

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = this.holder.exitCode === null ? once(this.holder, 'close') : undefined;
    this.holder.stdin?.end();
    await closed;
  }
}
