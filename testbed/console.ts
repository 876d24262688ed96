import { stripVTControlCharacters } from 'node:util';

const keptBytes = 256 * 1024;

/** What a machine printed, with waiting for a line; keeps the last 256 KiB. */
export class Console {
  private text = '';
  private unfinished = '';
  private readonly listeners = new Set<(line: string) => void>();
  private readonly readers = new Set<(text: string) => void>();

  write(chunk: Uint8Array): void {
    const clean = Buffer.from(chunk).toString('latin1').replaceAll('\r', '');
    this.text += clean;
    for (const reader of [...this.readers]) reader(clean);
    // Cutting now and then instead of always keeps the cost of a line constant.
    if (this.text.length > 2 * keptBytes) this.text = this.text.slice(-keptBytes);
    const lines = (this.unfinished + clean).split('\n');
    this.unfinished = lines.pop() ?? '';
    for (const line of lines) for (const listener of [...this.listeners]) listener(line);
  }

  /** Calls `listener` for each whole line, those already printed first; returns the way to stop. */
  onLine(listener: (line: string) => void): () => void {
    this.listeners.add(listener);
    for (const line of this.text.split('\n').slice(0, -1)) {
      if (!this.listeners.has(listener)) break;
      listener(line);
    }
    return () => this.listeners.delete(listener);
  }

  /** Calls `reader` with all text as it comes, unfinished lines too, that which came before first. */
  onText(reader: (text: string) => void): () => void {
    this.readers.add(reader);
    if (this.text !== '') reader(this.text);
    return () => this.readers.delete(reader);
  }

  /** The last lines that are not empty, without terminal escapes. */
  tail(lines: number): string[] {
    return stripVTControlCharacters(this.text)
      .split('\n')
      .map((line) => line.trimEnd())
      .filter((line) => line !== '')
      .slice(-lines);
  }

  toString(): string {
    return this.text.slice(-keptBytes);
  }
}
