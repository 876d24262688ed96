import { createHash } from 'node:crypto';
import { tcpFrame } from '../packet/build.js';
import { patchChecksummed } from '../packet/checksum.js';
import { ethernetHeaderLength } from '../packet/ethernet.js';
import { emitFrame } from '../packet/frame.js';
import { ipv4HeaderLength } from '../packet/ipv4.js';
import { tcpField } from '../packet/tcp.js';
import type { TcpOption } from '../packet/tcp-options.js';
import { addressing } from './addressing.js';

/** Ports that probes go to. */
export interface ProbePorts {
  /** TCP port with a listener. */
  readonly open: number;
  /** TCP port without one. */
  readonly closed: number;
}

/** One TCP probe: the header fields that are chosen; lengths and checksums follow from them. */
export interface Probe {
  readonly target: keyof ProbePorts;
  readonly tos: number;
  readonly identification: number;
  /** `ipv4Flag` bits. */
  readonly ipFlags: number;
  readonly ttl: number;
  readonly sourcePort: number;
  readonly sequence: number;
  readonly acknowledgment: number;
  readonly reserved: number;
  /** `tcpFlag` bits. */
  readonly flags: number;
  readonly window: number;
  readonly urgentPointer: number;
  readonly options: readonly TcpOption[];
}

/** A probe's frame as its first copy carries it: from the first copy address to the machine of a wire. */
export function probeFrame(probe: Probe, ports: ProbePorts): Uint8Array {
  const { tos, identification, ipFlags, ttl, target, ...tcp } = probe;
  return emitFrame(
    tcpFrame({
      ethernet: { source: addressing.proberMac, destination: addressing.machineMac },
      ipv4: {
        tos,
        identification,
        flags: ipFlags,
        ttl,
        source: addressing.copies,
        destination: addressing.machine,
      },
      tcp: { ...tcp, destinationPort: ports[target] },
    }),
  );
}

/** A probe's frame with another destination port. */
export function withPort(frame: Uint8Array, port: number): Uint8Array {
  const tcp = ethernetHeaderLength + ipv4HeaderLength(frame, ethernetHeaderLength);
  const at = tcp + tcpField.destinationPort;
  const changed = frame.slice();
  patchChecksummed(changed, tcp, tcp + tcpField.checksum, at, [port >>> 8, port & 0xff]);
  return changed;
}

const digests = new WeakMap<readonly Uint8Array[], string>();

/** SHA-256, hex, over the frames of a probe set, which must not change: equal digests mean equal bytes sent. */
export function probesDigest(frames: readonly Uint8Array[]): string {
  const known = digests.get(frames);
  if (known !== undefined) return known;
  const hash = createHash('sha256');
  for (const frame of frames) hash.update(Uint8Array.of(frame.length >>> 8, frame.length)).update(frame);
  const digest = hash.digest('hex');
  digests.set(frames, digest);
  return digest;
}
