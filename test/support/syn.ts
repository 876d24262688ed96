import { tcpFrame } from '../../src/packet/build.js';
import { emitFrame } from '../../src/packet/frame.js';
import { parseTcpFlags } from '../../src/packet/tcp-flags.js';
import { addressing } from '../../src/probe/addressing.js';

/** A SYN from the first probe's address, with the options of today's clients. */
export const syn = (destinationPort: number) =>
  emitFrame(
    tcpFrame({
      ethernet: { source: addressing.proberMac, destination: addressing.machineMac },
      ipv4: { source: addressing.copies, destination: addressing.machine },
      tcp: {
        ...{ sourcePort: 40_000, destinationPort, sequence: 1, flags: parseTcpFlags('S') },
        options: [
          { type: 'mss', value: 1460 },
          { type: 'sackPermitted' },
          { type: 'timestamps', value: 0x11223344, echo: 0 },
          { type: 'nop' },
          { type: 'windowScale', shift: 7 },
        ],
      },
    }),
  );
