import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { CapabilityError } from '../errors.js';
import type { CapturedPacket, CaptureInterface, CaptureSection } from './pcapng.js';
import { interfaceBlock, packetBlock, sectionHeaderBlock } from './pcapng-writer.js';

const flushAt = 1 << 18;

/**
 * A capture that is written while it goes on, under another name until it is whole. Whoever writes packets need not
 * wait and never sees an error: what went wrong (a full disk) is thrown when the capture is kept.
 */
export class PcapngFile {
  private readonly descriptor: number;
  private pending: Uint8Array[] = [];
  private size = 0;
  private failure: Error | undefined;
  private open = true;

  /** Throws CapabilityError when the file cannot be made. */
  constructor(
    private readonly temporary: string,
    private readonly path: string,
    interfaces: readonly CaptureInterface[],
    section: CaptureSection,
  ) {
    try {
      this.descriptor = openSync(temporary, 'wx');
    } catch (error) {
      throw this.unwritable(error as Error);
    }
    this.add(sectionHeaderBlock(section));
    for (const one of interfaces) this.add(interfaceBlock(one));
  }

  /** Takes a packet; its bytes are copied. */
  write(packet: CapturedPacket): void {
    this.add(packetBlock(packet));
  }

  /** Gives the whole capture its name. Throws CapabilityError when some of it could not be written. */
  keep(): void {
    this.flush();
    if (!this.failure) this.attempt(() => fsyncSync(this.descriptor));
    this.close();
    if (!this.failure) this.attempt(() => renameSync(this.temporary, this.path));
    if (!this.failure) return;
    rmSync(this.temporary, { force: true });
    throw this.unwritable(this.failure);
  }

  /** Throws away a capture that was not kept. */
  [Symbol.dispose](): void {
    if (!this.open) return;
    this.close();
    rmSync(this.temporary, { force: true });
  }

  private add(block: Uint8Array): void {
    if (this.failure) return;
    this.pending.push(block);
    this.size += block.length;
    if (this.size >= flushAt) this.flush();
  }

  private flush(): void {
    const bytes = Buffer.concat(this.pending);
    [this.pending, this.size] = [[], 0];
    for (let at = 0; at < bytes.length && !this.failure; )
      this.attempt(() => {
        at += writeSync(this.descriptor, bytes, at);
      });
  }

  private attempt(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.failure = error as Error;
    }
  }

  private close(): void {
    this.open = false;
    closeSync(this.descriptor);
  }

  private unwritable(error: Error): CapabilityError {
    return new CapabilityError(`cannot write the capture ${this.path}: ${error.message}`, {
      remedy: 'make room there, or run without captures',
      cause: error,
    });
  }
}
