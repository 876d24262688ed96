import { readFile } from 'node:fs/promises';

/** A frame that a card sent. */
export interface Passed {
  /** Milliseconds of the appliance's time, to the microsecond. */
  readonly at: number;
  readonly frame: Uint8Array;
}

/** Of the file, and of each frame in it (the classic form of pcap, in the host's byte order). */
const [fileHeader, frameHeader] = [24, 16];

/**
 * A file of QEMU's `filter-dump`, which is written while it is read. Its times are those of the guest: they know nothing of
 * how long the host took to hand a frame on.
 */
export class Recording {
  private next = fileHeader;

  constructor(private readonly path: string) {}

  /** The frames that came to the file since it was read last. */
  async read(): Promise<Passed[]> {
    const bytes = await readFile(this.path);
    const found: Passed[] = [];
    for (;;) {
      const start = this.next + frameHeader;
      const end = start <= bytes.length ? start + bytes.readUInt32LE(start - 8) : Number.POSITIVE_INFINITY;
      if (end > bytes.length) return found;
      const at = bytes.readUInt32LE(start - 16) * 1000 + bytes.readUInt32LE(start - 12) / 1000;
      found.push({ at, frame: bytes.subarray(start, end) });
      this.next = end;
    }
  }
}
