import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { End } from './crossing.js';

/** The other end of a stream port, as a machine has it. */
export class StreamEnd implements End {
  onArrival: ((frames: number) => void) | undefined;
  private slab: Buffer[] = [];
  private readonly header = Buffer.alloc(4);
  /** Bytes that are left of the frame, or of the length, that is being read. */
  private left = 0;
  private headerRead = 0;

  private constructor(private readonly socket: Socket) {
    socket.on('data', (chunk: Buffer) => this.received(chunk));
    socket.on('error', () => socket.destroy());
  }

  static async connect(path: string): Promise<StreamEnd> {
    const socket = connect(path);
    await once(socket, 'connect');
    return new StreamEnd(socket);
  }

  send(frame: Uint8Array): void {
    const copy = Buffer.allocUnsafe(frame.length + 4);
    copy.writeUInt32BE(frame.length);
    copy.set(frame, 4);
    this.slab.push(copy);
  }

  flush(): void {
    this.socket.write(Buffer.concat(this.slab));
    this.slab = [];
  }

  close(): void {
    this.socket.destroy();
  }

  private received(chunk: Buffer): void {
    let [at, frames] = [0, 0];
    while (at < chunk.length)
      if (this.left > 0) {
        const step = Math.min(this.left, chunk.length - at);
        this.left -= step;
        at += step;
        if (this.left === 0) frames++;
      } else {
        this.header[this.headerRead++] = chunk[at++]!;
        if (this.headerRead < 4) continue;
        this.headerRead = 0;
        this.left = this.header.readUInt32BE(0);
      }
    if (frames > 0) this.onArrival?.(frames);
  }
}
