import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { End } from './crossing.js';

/** A UDP socket on loopback that sends to one port and hears what comes back. */
export class DatagramEnd implements End {
  onArrival: ((frames: number) => void) | undefined;

  private constructor(private readonly socket: Socket) {
    socket.on('message', () => this.onArrival?.(1));
  }

  static async open(port: number): Promise<DatagramEnd> {
    const socket = createSocket({ type: 'udp4', recvBufferSize: 4 << 20 });
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    socket.connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new DatagramEnd(socket);
  }

  send(frame: Uint8Array): void {
    this.socket.send(frame.slice());
  }

  flush(): void {}

  close(): void {
    this.socket.close();
  }
}
