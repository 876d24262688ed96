import type { Ipv4 } from '../packet/ipv4.js';
import type { Udp } from '../packet/udp.js';

/** A UDP datagram from the machine; valid only during the call. */
export interface Datagram {
  readonly ipv4: Ipv4;
  readonly udp: Udp;
  readonly payload: Uint8Array;
  /** The machine's own link-layer address, 6 bytes. */
  readonly sourceMac: Uint8Array;
}

/**
 * Something on the wire that a machine may ask by UDP, such as DHCP: it sits at the machine's end of the path,
 * and what it is asked never reaches the prober.
 */
export interface WireService {
  /** The UDP port on which it is asked. */
  readonly port: number;
  /** Takes a datagram to `port`; `send` hands a frame to the machine, then or later. */
  take(datagram: Datagram, send: (frame: Uint8Array) => void): void;
}
