import { join } from 'node:path';
import type { Port } from '../../../src/netem/port.js';
import { StreamPort } from '../../../src/netem/stream-port.js';
import type { Lab } from '../../lab/lab.js';
import type { DomainEnds } from './domain-xml.js';
import { SerialListener } from './serial.js';

/** How a domain comes to the wire and to its console. */
export interface Joining {
  readonly port: Port;
  readonly serial: SerialListener;
  readonly ends: DomainEnds;
  close(): Promise<void>;
}

/** Straight, by TCP on the loopback: any user's QEMU can reach it, and frames are not lost. */
export async function byLoopback(machine: string): Promise<Joining> {
  const port = await StreamPort.listenOnLoopback(machine);
  const serial = await SerialListener.open();
  return {
    ...{ port, serial, ends: { nic: { tcpPort: port.tcpPort! }, console: { tcpPort: serial.port } } },
    close: async () => {
      await port.close();
      await serial.close();
    },
  };
}

/**
 * By a tap device on a bridge of the lab, in whose namespace QEMU must run: the loopback there is not this one, so
 * that the console is a unix socket.
 *
 * @param folder for that socket
 */
export async function byTap(machine: string, lab: Lab, folder: string): Promise<Joining> {
  const segment = await lab.segment(machine);
  try {
    const tap = await segment.addTap();
    const socket = join(folder, `${segment.bridge}c`);
    const serial = await SerialListener.open(socket);
    return {
      ...{ port: segment.port, serial, ends: { nic: { tap }, console: { socket } } },
      close: async () => {
        await segment.close();
        await serial.close();
      },
    };
  } catch (error) {
    await segment.close();
    throw error;
  }
}
