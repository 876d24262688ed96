import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { writeFileAtomic } from '../src/atomic-file.js';
import { InputError } from '../src/errors.js';

/**
 * What a long benchmark has measured so far, by name. With a file it is written after each measurement, so that a
 * benchmark that is interrupted can be read, and goes on where it was when it is asked for again.
 */
export class Cells<T> {
  private readonly measured: Map<string, T>;
  private written: Promise<void> = Promise.resolve();

  private constructor(
    private readonly file: string | undefined,
    private readonly about: string,
    measured: readonly (readonly [string, T])[],
  ) {
    this.measured = new Map(measured);
  }

  /**
   * @param about what all measurements have in common
   * @throws InputError when the file is of a benchmark that has something else in common, or is damaged
   */
  static async open<T>(file: string | undefined, about: object): Promise<Cells<T>> {
    const own = JSON.stringify(about);
    if (file === undefined || !existsSync(file)) return new Cells<T>(file, own, []);
    const remedy = `take ${file} away, or name another file`;
    let read: { about?: object; cells?: Record<string, T> };
    try {
      read = JSON.parse(await readFile(file, 'utf8'));
    } catch (error) {
      throw new InputError(`cannot go on with ${file}: ${(error as Error).message}`, { remedy });
    }
    const theirs = JSON.stringify(read.about);
    if (theirs !== own || typeof read.cells !== 'object')
      throw new InputError(`${file} is of a benchmark of ${theirs}, where this one is of ${own}`, { remedy });
    return new Cells<T>(file, own, Object.entries(read.cells));
  }

  /** Measurements that are there. */
  get size(): number {
    return this.measured.size;
  }

  /** The measurement of this name, made if it is not there. */
  async of(name: string, measure: () => T | Promise<T>): Promise<T> {
    if (this.measured.has(name)) return this.measured.get(name)!;
    const found = await measure();
    this.measured.set(name, found);
    // One write after the other: an older one must not be the last.
    this.written = this.written.then(() => this.write());
    await this.written;
    return found;
  }

  private async write(): Promise<void> {
    if (this.file === undefined) return;
    const kept = { about: JSON.parse(this.about), cells: Object.fromEntries(this.measured) };
    await writeFileAtomic(this.file, `${JSON.stringify(kept, null, 2)}\n`);
  }
}
