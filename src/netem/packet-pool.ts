import type { PathPacket } from './stage.js';
import type { Step } from './step.js';

/** Longer frames are rare, and not kept. */
const longestKept = 2048;

/** A packet in a path; it and its frame are used again for another when it has left. */
export class Packet implements PathPacket {
  proberAddress = 0;
  proberPort = 0;
  machinePort = 0;
  protocol = 0;
  ordinal = 0;
  copy = 0;
  probe = 0;
  position = 0;
  frame: Uint8Array;
  /** The step that holds the packet, while one does. */
  waitsAt: Step | undefined;
  /** What stages did to it, where somebody watches. */
  touched: readonly string[] | undefined;

  constructor(private readonly own: Uint8Array) {
    this.frame = own;
    this.waitsAt = undefined;
    this.touched = undefined;
  }

  get ownLength(): number {
    return this.own.length;
  }

  /** Takes back the frame that a stage replaced. */
  reset(): void {
    this.frame = this.own;
    this.touched = undefined;
  }
}

/** Packets that have left, by the length of their frames: to allocate a frame costs more than all else about it. */
export class PacketPool {
  private readonly free: (Packet[] | undefined)[] = [];

  /** A packet with a copy of `frame`; its identity is the caller's to fill in. */
  take(frame: Uint8Array): Packet {
    const packet = this.free[frame.length]?.pop() ?? new Packet(new Uint8Array(frame.length));
    packet.frame.set(frame);
    return packet;
  }

  /** A copy of `packet` but for its copy number. */
  twin(packet: Packet, copy: number): Packet {
    const twin = this.take(packet.frame);
    twin.proberAddress = packet.proberAddress;
    twin.proberPort = packet.proberPort;
    twin.machinePort = packet.machinePort;
    twin.protocol = packet.protocol;
    twin.ordinal = packet.ordinal;
    twin.probe = packet.probe;
    twin.position = packet.position;
    twin.copy = copy;
    twin.touched = packet.touched;
    return twin;
  }

  /** Nobody may look at the packet or its frame after this. */
  give(packet: Packet): void {
    const length = packet.ownLength;
    if (length > longestKept) return;
    packet.reset();
    const kept = this.free[length];
    if (kept) kept.push(packet);
    else this.free[length] = [packet];
  }
}
