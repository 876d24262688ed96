import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { CapabilityError } from '../errors.js';
import { maxFrameLength, type Port } from './port.js';

const loopback = '127.0.0.1';

/** L2TPv3 data over UDP without a cookie (RFC 3931 section 4.1.2.1): version 3, then the session. */
const header = Buffer.from([0, 3, 0, 0, 0, 0, 0, 1]);

/** What a datagram can carry beside the header. */
const largest = Math.min(maxFrameLength, 65_507 - header.length);

/**
 * The wire's side of an L2TPv3 tunnel in UDP on the loopback, as User-Mode Linux's vector driver speaks it
 * (arch/um/drivers/vector_transports.c). Only datagrams from `there` are heard. Datagrams can be lost when more wait than
 * the receiver's buffer holds: the prober's window must be kept small.
 */
export class UdpPort implements Port {
  onFrame: ((frame: Uint8Array) => void) | undefined;
  private closed: Promise<void> | undefined;

  private constructor(
    readonly name: string,
    private readonly socket: Socket,
    /** UDP ports of the wire's end and of the machine's. */
    readonly here: number,
    readonly there: number,
  ) {}

  /** Binds both ends' ports; the machine's is free for it when this returns. Throws CapabilityError when it cannot. */
  static async open(name: string): Promise<UdpPort> {
    const [socket, reserved] = [createSocket('udp4'), createSocket('udp4')];
    try {
      for (const each of [socket, reserved]) {
        each.bind(0, loopback);
        await once(each, 'listening');
      }
    } catch (cause) {
      socket.close();
      reserved.close();
      throw new CapabilityError(`cannot bind a UDP port on ${loopback}: ${(cause as Error).message}`, {
        cause,
      });
    }
    const there = reserved.address().port;
    reserved.close();
    await once(reserved, 'close');
    const port = new UdpPort(name, socket, socket.address().port, there);
    socket.setRecvBufferSize(4 << 20);
    // Before the machine listens, and after it is gone, the kernel refuses what is sent to it.
    socket.on('error', () => {});
    socket.on('message', (message, from) => {
      if (from.port !== there || from.address !== loopback) return;
      if (message.length <= header.length || header.compare(message, 0, header.length) !== 0) return;
      port.onFrame?.(
        new Uint8Array(message.buffer, message.byteOffset + header.length, message.length - header.length),
      );
    });
    return port;
  }

  send(frame: Uint8Array): void {
    if (frame.length > largest || this.closed) return;
    this.socket.send(Buffer.concat([header, frame]), this.there, loopback, () => {});
  }

  flush(): void {}

  async close(): Promise<void> {
    this.onFrame = undefined;
    this.closed ??= new Promise<void>((resolve) => {
      this.socket.close(() => resolve());
    });
    await this.closed;
  }
}
