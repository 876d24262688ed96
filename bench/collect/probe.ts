import { tcpFrame } from '../../src/packet/build.js';
import { emitFrame } from '../../src/packet/frame.js';
import { parseTcpFlags } from '../../src/packet/tcp-flags.js';
import { addressing } from '../../src/probe/addressing.js';

/** Open and closed port of the guest that is probed. */
export const ports = { open: 22, closed: 81 };

const ends = {
  ethernet: { source: addressing.proberMac, destination: addressing.machineMac },
  ipv4: { source: addressing.copies, destination: addressing.machine },
};
const sourcePort = 40_000;

/** A probe from the first copy's address: a SYN as Linux sends it. */
export const synTo = (destinationPort: number): Uint8Array =>
  emitFrame(
    tcpFrame({
      ...ends,
      tcp: {
        ...{ sourcePort, destinationPort, sequence: 1, flags: parseTcpFlags('S') },
        options: [
          { type: 'mss', value: 1460 },
          { type: 'sackPermitted' },
          { type: 'timestamps', value: 1, echo: 0 },
          { type: 'nop' },
          { type: 'windowScale', shift: 7 },
        ],
      },
    }),
  );

/** What answers the SYN-ACK of the open port. */
export const rst = emitFrame(
  tcpFrame({
    ...ends,
    tcp: {
      ...{ sourcePort, destinationPort: ports.open, sequence: 2, flags: parseTcpFlags('R'), window: 0 },
    },
  }),
);
