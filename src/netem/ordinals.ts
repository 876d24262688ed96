import type { Flow } from './flow.js';

/** Words a slot: address, ports, protocol + 1 (0 says that the slot is free), mark, count. */
const stride = 5;
const firstSlots = 1024;

/** Counts packets by flow and by who made them; a hash table of its own, since there may be millions of flows. */
export class Ordinals {
  private slots = firstSlots;
  private table = new Uint32Array(firstSlots * stride);
  private used = 0;

  /** How often this was asked before of the flow and the mark, 0 to 2^32-1. */
  next(flow: Flow, mark: number): number {
    if (this.used >= this.slots >>> 1) this.grow();
    const ports = ((flow.proberPort << 16) | flow.machinePort) >>> 0;
    const at = this.find(flow.proberAddress, ports, flow.protocol + 1, mark);
    const { table } = this;
    if (table[at + 2] === 0) {
      table[at] = flow.proberAddress;
      table[at + 1] = ports;
      table[at + 2] = flow.protocol + 1;
      table[at + 3] = mark;
      this.used++;
    }
    return table[at + 4]!++;
  }

  /** Where a key lies, or would. */
  private find(address: number, ports: number, protocol: number, mark: number): number {
    const { table, slots } = this;
    let hash = Math.imul(address, 0x9e3779b1) ^ Math.imul(ports, 0x85ebca6b) ^ Math.imul(mark, 0xc2b2ae35);
    hash = Math.imul(hash ^ (hash >>> 15) ^ protocol, 0x2c1b3c6d);
    let slot = (hash ^ (hash >>> 13)) & (slots - 1);
    for (;;) {
      const at = slot * stride;
      if (table[at + 2] === 0) return at;
      if (
        table[at] === address &&
        table[at + 1] === ports &&
        table[at + 2] === protocol &&
        table[at + 3] === mark
      )
        return at;
      slot = (slot + 1) & (slots - 1);
    }
  }

  private grow(): void {
    const old = this.table;
    this.slots *= 2;
    this.table = new Uint32Array(this.slots * stride);
    for (let from = 0; from < old.length; from += stride)
      if (old[from + 2] !== 0) {
        const at = this.find(old[from]!, old[from + 1]!, old[from + 2]!, old[from + 3]!);
        for (let word = 0; word < stride; word++) this.table[at + word] = old[from + word]!;
      }
  }
}
