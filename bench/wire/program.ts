import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Said, Spent, Told } from './meter.js';

/** A program of this folder in a process of its own, which measures itself. */
export class Program {
  /** What it said when it was ready. */
  ready: unknown;
  private readonly gone: Promise<never>;

  private constructor(private readonly child: ChildProcess) {
    this.gone = once(child, 'exit').then(() => {
      throw new Error('the measured program ended');
    });
    this.gone.catch(() => {});
  }

  static async start(name: 'forward' | 'echo', args: readonly string[] = []): Promise<Program> {
    const program = new Program(fork(fileURLToPath(new URL(`./${name}.js`, import.meta.url)), args));
    const said = await program.answer();
    if (!('ready' in said)) throw new Error(`${name} did not say that it is ready`);
    program.ready = said.ready;
    return program;
  }

  async begin(): Promise<void> {
    await this.tell('begin');
  }

  async end(): Promise<Spent> {
    const said = await this.tell('end');
    if (!('spent' in said)) throw new Error('the program was not measured');
    return said.spent;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.child.kill();
    await this.gone.catch(() => {});
  }

  private tell(told: Told): Promise<Said> {
    this.child.send(told);
    return this.answer();
  }

  private async answer(): Promise<Said> {
    const said = new Promise<Said>((resolve) => this.child.once('message', (said) => resolve(said as Said)));
    return await Promise.race([said, this.gone]);
  }
}
