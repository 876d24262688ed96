import type { Port } from '../netem/port.js';
import type { Link } from '../netem/wire.js';
import type { Control } from './control.js';
import type { SendOrder } from './send-order.js';
import type { SentinelKind } from './sentinel.js';

export interface CollectOptions {
  /** The prober's port on the wire. */
  readonly prober: Port;
  /** The machine's link, whose path the probes cross. */
  readonly link: Link;
  readonly control: Control;
  /** Probe frames as `probeFrame` makes them. */
  readonly frames: readonly Uint8Array[];
  readonly copies: number;
  /** When each copy is sent; default: round by round, in the order of the frames. */
  readonly order?: SendOrder | undefined;
  /** The places of that order that are sent, `to` not among them; default: all. */
  readonly part?: { readonly from: number; readonly to: number } | undefined;
  /** A port without a listener: sentinels that are SYNs go there. */
  readonly closedPort: number;
  /** What sentinels are, of what the machine answers; default: a SYN. */
  readonly sentinel?: SentinelKind | undefined;
  /** Answer SYN-ACKs with a RST. */
  readonly reset: boolean;
  /** Most probes that may wait in the machine at once, 1 or more: what its NIC bears. The collector finds how many. */
  readonly window: number;
  /** Patience with a machine that answers no sentinel, ms. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  /**
   * Whether a copy was answered already. Given where the path drops nothing: copies without an answer are then sent
   * again when the machine lost the sentinel behind them.
   */
  readonly answered?: ((probe: number, copy: number) => boolean) | undefined;
  /** Takes each first answer; the frame is valid only during the call. Returns false for a repeated one. */
  readonly onResponse: (probe: number, copy: number, frame: Uint8Array, receivedMs: number) => boolean;
  /** Called after each batch with the number of copies done, those before the part included. */
  readonly onProgress?: ((done: number) => void) | undefined;
}

/** What happened while probing one machine. */
export interface Collection {
  /** Probe packets sent into the path. */
  readonly sent: number;
  /** Answers matched to a copy, repeated ones left out. */
  readonly received: number;
  /** Further answers to a copy that was answered already: retransmissions, duplicates. */
  readonly repeated: number;
  /** IPv4 packets that answer no probe. */
  readonly unmatched: number;
  /** Answers to copies whose batch was closed already; kept all the same. */
  readonly late: number;
  /** Sentinels that had to be sent again: probes before them may have been lost as well. */
  readonly sentinelsLost: number;
  /** Copies that were sent again since the machine lost packets of itself; `sent` does not count them. */
  readonly resent: number;
  readonly durationMs: number;
}

/** The machine stopped answering sentinels in the middle of the probes. */
export class SilentMachine extends Error {
  constructor(readonly done: number) {
    super(`the machine stopped answering after ${done} probe packets`);
    this.name = 'SilentMachine';
  }
}
