import { rm } from 'node:fs/promises';
import { createServer, type ListenOptions, type Server, type Socket } from 'node:net';
import { CapabilityError } from '../errors.js';
import { maxFrameLength, type Port } from './port.js';

const slabSize = 1 << 18;

const loopback = '127.0.0.1';

/**
 * The wire's side of QEMU's `-netdev stream` or `socket`: a unix or TCP socket that carries frames, each behind its
 * length as a 32-bit big-endian number (QEMU net/stream.c). Node listens, one guest connects. Frames of one turn of
 * the event loop go out in one write; the socket's own flow control keeps frames from being lost. Frames sent
 * before the guest connects wait for it; after it left they are dropped, as on a cable that was pulled.
 */
export class StreamPort implements Port {
  onFrame: ((frame: Uint8Array) => void) | undefined;
  private socket: Socket | undefined;
  private slab = Buffer.allocUnsafeSlow(slabSize);
  private written = 0;
  private flushed = 0;
  private flushScheduled = false;
  private partial: Buffer | undefined;
  private backlog: Uint8Array[] = [];
  private guestLeft = false;

  private constructor(
    readonly name: string,
    /** Empty for a port that listens on TCP. */
    readonly socketPath: string,
    private readonly server: Server,
  ) {}

  /** Listens on `socketPath` (at most 107 bytes, sun_path's limit). Throws CapabilityError when it cannot. */
  static async listen(name: string, socketPath: string): Promise<StreamPort> {
    if (Buffer.byteLength(socketPath) > 107)
      throw new CapabilityError(
        `the socket path ${socketPath} is longer than the 107 bytes a unix socket may have`,
        { remedy: 'set TMPDIR to a shorter folder' },
      );
    const port = new StreamPort(name, socketPath, createServer());
    await port.begin({ path: socketPath }).catch((cause: Error) => {
      throw new CapabilityError(`cannot listen on the socket ${socketPath}: ${cause.message}`, {
        remedy: 'see that its folder exists and can be written, and that nothing else listens there',
        cause,
      });
    });
    return port;
  }

  /** Listens on a free TCP port of the loopback, for a guest whose user may not reach a socket of ours. */
  static async listenOnLoopback(name: string): Promise<StreamPort> {
    const port = new StreamPort(name, '', createServer());
    await port.begin({ host: loopback, port: 0 }).catch((cause: Error) => {
      throw new CapabilityError(`cannot listen on a TCP port of ${loopback}: ${cause.message}`, { cause });
    });
    return port;
  }

  /** The TCP port on which it listens; undefined on a unix socket. */
  get tcpPort(): number | undefined {
    const address = this.server.address();
    return typeof address === 'object' ? address?.port : undefined;
  }

  private async begin(where: ListenOptions): Promise<void> {
    this.server.on('connection', (socket) => this.accept(socket));
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(where, resolve);
    });
  }

  /** True while a guest is connected. */
  get connected(): boolean {
    return this.socket !== undefined;
  }

  send(frame: Uint8Array): void {
    if (!this.socket) {
      if (!this.guestLeft) this.backlog.push(new Uint8Array(frame));
      return;
    }
    const length = frame.length;
    if (this.written + length + 4 > this.slab.length) {
      this.flush();
      this.slab = Buffer.allocUnsafeSlow(Math.max(slabSize, length + 4));
      this.written = this.flushed = 0;
    }
    this.slab.writeUInt32BE(length, this.written);
    this.slab.set(frame, this.written + 4);
    this.written += length + 4;
    if (!this.flushScheduled) {
      this.flushScheduled = true;
      setImmediate(() => {
        this.flushScheduled = false;
        this.flush();
      });
    }
  }

  flush(): void {
    if (this.written === this.flushed || !this.socket) return;
    this.socket.write(this.slab.subarray(this.flushed, this.written));
    this.flushed = this.written;
  }

  async close(): Promise<void> {
    this.onFrame = undefined;
    this.guestLeft = true;
    this.backlog = [];
    this.socket?.destroy();
    this.socket = undefined;
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
    if (this.socketPath !== '') await rm(this.socketPath, { force: true });
  }

  private accept(socket: Socket): void {
    if (this.socket) {
      socket.destroy();
      return;
    }
    this.socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.received(chunk));
    // The guest may be killed in the middle of a write: its driver reports that, the wire only lets go.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.socket = undefined;
      this.partial = undefined;
      this.flushed = this.written;
      this.guestLeft = true;
    });
    for (const frame of this.backlog.splice(0)) this.send(frame);
  }

  private received(chunk: Buffer): void {
    const data = this.partial ? Buffer.concat([this.partial, chunk]) : chunk;
    this.partial = undefined;
    let at = 0;
    while (data.length - at >= 4) {
      const length = data.readUInt32BE(at);
      if (length > maxFrameLength) {
        // Framing is lost; nothing after this can be trusted.
        this.socket?.destroy();
        return;
      }
      if (data.length - at - 4 < length) break;
      // A plain Uint8Array: `slice` of a Buffer would not copy.
      this.onFrame?.(new Uint8Array(data.buffer, data.byteOffset + at + 4, length));
      at += 4 + length;
    }
    if (at < data.length) this.partial = Buffer.from(data.subarray(at));
  }
}
