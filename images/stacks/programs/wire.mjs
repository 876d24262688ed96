// The wire, as a JavaScript program that is a TCP/IP stack sees it: Ethernet frames on a unix socket, each behind its length as
// a 32-bit big-endian number, and the machine's identity from the command line:
//   PROGRAM SOCKET MAC ADDRESS PREFIX GATEWAY PORT[,PORT…]
import { createConnection } from 'node:net';

/** Says that the machine cannot be, and ends it. */
export function fail(what) {
  console.log(`STACKBED FAILED ${what}`);
  process.exit(1);
}

// Nothing here may reach the host's network; what a package fetches by itself fails.
globalThis.fetch = () => Promise.reject(new Error('there is no network'));
globalThis.WebSocket = undefined;

/** The machine's identity: `mac` and addresses as they are written, `ports` a set of numbers. */
export function identity() {
  const [socket, mac, address, , gateway, ports] = process.argv.slice(2);
  if (ports === undefined) fail('SOCKET MAC ADDRESS PREFIX GATEWAY PORTS');
  return { socket, mac, address, gateway, ports: new Set(ports.split(',').map(Number)) };
}

/**
 * Connects; `take` gets all that comes, whole frames behind their lengths. Resolves with the way to send such bytes. The
 * program ends with the wire.
 */
export function connect(path, take) {
  return new Promise((resolve) => {
    const socket = createConnection(path, () => resolve((bytes) => socket.write(bytes)));
    socket.on('error', (error) => fail(`connect to the wire: ${error.message}`));
    socket.on('close', () => process.exit(0));
    socket.on('data', take);
  });
}

/** As {@link connect}, frame by frame. */
export async function connectFrames(path, take) {
  let held = Buffer.alloc(0);
  const put = await connect(path, (bytes) => {
    held = held.length === 0 ? bytes : Buffer.concat([held, bytes]);
    while (held.length >= 4 && held.length >= 4 + held.readUInt32BE(0)) {
      const end = 4 + held.readUInt32BE(0);
      take(held.subarray(4, end));
      held = held.subarray(end);
    }
  });
  return (frame) => {
    const size = Buffer.alloc(4);
    size.writeUInt32BE(frame.length);
    put(Buffer.concat([size, frame]));
  };
}
