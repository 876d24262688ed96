import type { Port } from '../../src/netem/port.js';
import { tcpFrame } from '../../src/packet/build.js';
import { decodeFrame, emitFrame } from '../../src/packet/frame.js';
import { tcpFlag } from '../../src/packet/tcp-flags.js';

const { syn, ack, rst } = tcpFlag;

/** Plays a machine at a port that accepts connections to one TCP port, and does nothing else. */
export function listen(port: Port, open: number): void {
  port.onFrame = (bytes) => {
    const { ethernet, ipv4, tcp } = decodeFrame(bytes.slice());
    if (!ethernet || !ipv4 || tcp?.destinationPort !== open || (tcp.flags & (syn | ack | rst)) !== syn)
      return;
    port.send(
      emitFrame(
        tcpFrame({
          ethernet: { source: ethernet.destination, destination: ethernet.source },
          ipv4: { source: ipv4.destination, destination: ipv4.source },
          tcp: {
            ...{ sourcePort: open, destinationPort: tcp.sourcePort, flags: syn | ack },
            ...{ sequence: 1000, acknowledgment: (tcp.sequence + 1) >>> 0 },
          },
        }),
      ),
    );
    port.flush();
  };
}
