import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { CapabilityError } from '../../../src/errors.js';
import { Console } from '../../console.js';

/** A machine's serial port, which it joins by a socket: what it prints, and what is typed. */
export class SerialListener {
  readonly console = new Console();
  /** Resolves when the machine that had joined is gone. */
  readonly left: Promise<void>;
  private socket: Socket | undefined;

  private constructor(private readonly server: Server) {
    this.left = new Promise((resolve) => {
      server.on('connection', (socket) => {
        if (this.socket) {
          socket.destroy();
          return;
        }
        this.socket = socket;
        socket.setNoDelay(true);
        socket.on('data', (chunk: Buffer) => this.console.write(chunk));
        socket.on('error', () => socket.destroy());
        socket.on('close', () => resolve());
      });
    });
  }

  /**
   * @param path of a unix socket; default: a TCP port of the loopback, which a QEMU of any user can reach
   * @throws CapabilityError when it cannot be had
   */
  static async open(path?: string): Promise<SerialListener> {
    const server = createServer();
    try {
      if (path === undefined) server.listen(0, '127.0.0.1');
      else server.listen(path);
      await once(server, 'listening');
    } catch (cause) {
      throw new CapabilityError(`cannot listen for a serial port: ${(cause as Error).message}`, { cause });
    }
    return new SerialListener(server);
  }

  /** Its TCP port. */
  get port(): number {
    const address = this.server.address();
    if (typeof address !== 'object' || address === null) throw new Error('the serial port is closed');
    return address.port;
  }

  type(text: string): void {
    this.socket?.write(text, 'latin1');
  }

  async close(): Promise<void> {
    this.socket?.destroy();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }
}
