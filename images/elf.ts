/** Just enough of ELF (System V gABI, chapters 4 and 5), little-endian, both classes. */

/** A section or a segment: where its bytes lie in the file. */
interface Part {
  /** Section: offset of its name in the table of names. Segment: its type (PT_*). */
  readonly label: number;
  readonly offset: number;
  readonly size: number;
}

const segmentType = { interpreter: 3, note: 4 } as const;
const dynamicTag = { end: 0, needed: 1 } as const;

export class Elf {
  readonly #wide: boolean;
  readonly #sections: readonly Part[];
  readonly #segments: readonly Part[];
  readonly #nameIndex: number;

  private constructor(private readonly bytes: Buffer) {
    const wide = bytes[4] === 2;
    this.#wide = wide;
    this.#nameIndex = bytes.readUInt16LE(wide ? 0x3e : 0x32);
    // Offsets of the fields within one table entry, by class: label, offset, size.
    this.#segments = this.#table(wide ? [0x20, 0x36] : [0x1c, 0x2a], wide ? [0x08, 0x20] : [0x04, 0x10]);
    this.#sections = this.#table(wide ? [0x28, 0x3a] : [0x20, 0x2e], wide ? [0x18, 0x20] : [0x10, 0x14]);
  }

  /** Undefined when `bytes` are no ELF file. */
  static parse(bytes: Buffer): Elf | undefined {
    return bytes.length >= 64 && bytes.readUInt32BE(0) === 0x7f454c46 ? new Elf(bytes) : undefined;
  }

  #word(at: number): number {
    return this.#wide ? Number(this.bytes.readBigUInt64LE(at)) : this.bytes.readUInt32LE(at);
  }

  #table([tableAt, sizesAt]: readonly number[], [offset, size]: readonly number[]): Part[] {
    const start = this.#word(tableAt!);
    const entrySize = this.bytes.readUInt16LE(sizesAt!);
    return Array.from({ length: this.bytes.readUInt16LE(sizesAt! + 2) }, (_, index) => {
      const at = start + index * entrySize;
      return {
        label: this.bytes.readUInt32LE(at),
        offset: this.#word(at + offset!),
        size: this.#word(at + size!),
      };
    });
  }

  #slice({ offset, size }: Part): Buffer {
    return this.bytes.subarray(offset, offset + size);
  }

  #string(bytes: Buffer, at: number): string {
    return bytes.toString('latin1', at, bytes.indexOf(0, at));
  }

  /** The bytes of the section `name`; undefined when there is none. */
  section(name: string): Buffer | undefined {
    const table = this.#sections[this.#nameIndex];
    if (!table) return undefined;
    const names = this.#slice(table);
    const found = this.#sections.find((section) => this.#string(names, section.label) === name);
    return found && this.#slice(found);
  }

  /** The program interpreter (the dynamic loader) that the file asks for. */
  interpreter(): string | undefined {
    const segment = this.#segments.find(({ label }) => label === segmentType.interpreter);
    return segment && this.#string(this.#slice(segment), 0);
  }

  /** The shared libraries that the file asks for. */
  needed(): string[] {
    const dynamic = this.section('.dynamic');
    const names = this.section('.dynstr');
    if (!dynamic || !names) return [];
    const width = this.#wide ? 8 : 4;
    const word = (at: number) => (this.#wide ? Number(dynamic.readBigInt64LE(at)) : dynamic.readInt32LE(at));
    const libraries: string[] = [];
    for (let at = 0; at < dynamic.length && word(at) !== dynamicTag.end; at += 2 * width) {
      if (word(at) === dynamicTag.needed) libraries.push(this.#string(names, word(at + width)));
    }
    return libraries;
  }

  /** Whether there is a note of this owner and type. */
  hasNote(owner: string, type: number): boolean {
    return this.#segments
      .filter(({ label }) => label === segmentType.note)
      .some((segment) => {
        const notes = this.#slice(segment);
        const align = (length: number) => (length + 3) & ~3;
        for (let at = 0; at + 12 <= notes.length; ) {
          const [nameSize, dataSize] = [notes.readUInt32LE(at), notes.readUInt32LE(at + 4)];
          if (notes.readUInt32LE(at + 8) === type && this.#string(notes, at + 12) === owner) return true;
          at += 12 + align(nameSize) + align(dataSize);
        }
        return false;
      });
  }
}
