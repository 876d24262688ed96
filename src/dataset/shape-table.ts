const initialBytes = 1 << 16;
const slots = 1 << 17;

/** A dictionary of shapes: equal rules and bytes have equal ids, 0, 1, …; bounded, so that its memory is. */
export class ShapeTable {
  /** Most shapes that are kept; what comes later has no id. */
  static readonly most = 1 << 16;
  readonly rules: number[] = [];
  private readonly ends: number[] = [];
  private bytes = new Uint8Array(initialBytes);
  /** Open addressing: id + 1, or 0. */
  private readonly table = new Int32Array(slots);

  get size(): number {
    return this.ends.length;
  }

  shape(id: number): Uint8Array {
    return this.bytes.subarray(id === 0 ? 0 : this.ends[id - 1]!, this.ends[id]!);
  }

  /** The id of a shape; -1 when it is new and the table is full. */
  id(rules: number, shape: Uint8Array): number {
    let hash = rules ^ 0x811c9dc5;
    for (let at = 0; at < shape.length; at++) hash = Math.imul(hash ^ shape[at]!, 0x01000193);
    for (let slot = (hash ^ (hash >>> 15)) & (slots - 1); ; slot = (slot + 1) & (slots - 1)) {
      const found = this.table[slot]! - 1;
      if (found < 0) return this.size < ShapeTable.most ? this.add(slot, rules, shape) : -1;
      if (this.rules[found] === rules && this.equals(found, shape)) return found;
    }
  }

  private equals(id: number, shape: Uint8Array): boolean {
    const start = id === 0 ? 0 : this.ends[id - 1]!;
    if (this.ends[id]! - start !== shape.length) return false;
    for (let at = 0; at < shape.length; at++) if (this.bytes[start + at] !== shape[at]) return false;
    return true;
  }

  private add(slot: number, rules: number, shape: Uint8Array): number {
    const start = this.ends.at(-1) ?? 0;
    if (start + shape.length > this.bytes.length) {
      const larger = new Uint8Array(Math.max(2 * this.bytes.length, start + shape.length));
      larger.set(this.bytes);
      this.bytes = larger;
    }
    this.bytes.set(shape, start);
    this.ends.push(start + shape.length);
    this.rules.push(rules);
    this.table[slot] = this.size;
    return this.size - 1;
  }
}
