/**
 * A place where Ethernet frames enter and leave the wire. A frame given to `onFrame` is valid only during
 * the call: whoever keeps it must copy it. `send` copies; the caller may reuse its buffer at once.
 */
export interface Port {
  readonly name: string;
  onFrame: ((frame: Uint8Array) => void) | undefined;
  send(frame: Uint8Array): void;
  /** Pushes batched frames out; called for you at the end of each turn of the event loop. */
  flush(): void;
  close(): Promise<void>;
}

/** Largest frame the wire carries, bytes: an IPv4 packet of 65,535 bytes behind an Ethernet header. */
export const maxFrameLength = 65_535 + 14;
