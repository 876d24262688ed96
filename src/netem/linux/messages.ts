import { libc } from './libc.js';

/**
 * struct mmsghdr of a 64-bit Linux: a struct msghdr of 56 bytes, then the length that was sent or received.
 */
const size = 64;
const at = { vectors: 16, count: 24, length: 56 } as const;
/** struct iovec: where, how long. */
const vectorSize = 16;

/**
 * Room for several frames at once, with the headers that sendmmsg(2) and recvmmsg(2) want. Frame *i* lies at
 * `i * slot` of `data`.
 */
export class MessageBlock {
  readonly headers: Buffer;
  readonly data: Buffer;
  private readonly vectors: Buffer;

  constructor(
    readonly count: number,
    readonly slot: number,
  ) {
    const { address } = libc();
    this.data = Buffer.allocUnsafeSlow(count * slot);
    this.vectors = Buffer.alloc(count * vectorSize);
    this.headers = Buffer.alloc(count * size);
    const [data, vectors] = [address(this.data), address(this.vectors)];
    for (let index = 0; index < count; index++) {
      this.vectors.writeBigUInt64LE(data + BigInt(index * slot), index * vectorSize);
      this.headers.writeBigUInt64LE(vectors + BigInt(index * vectorSize), index * size + at.vectors);
      this.headers.writeBigUInt64LE(1n, index * size + at.count);
      this.setLength(index, slot);
    }
  }

  /** How much of slot `index` is to be sent, or may be received into it. */
  setLength(index: number, bytes: number): void {
    this.vectors.writeUInt32LE(bytes, index * vectorSize + 8);
  }

  /** Bytes of the frame that was received into slot `index`. */
  received(index: number): number {
    return this.headers.readUInt32LE(index * size + at.length);
  }

  /** The headers from message `index` on. */
  from(index: number): Buffer {
    return index === 0 ? this.headers : this.headers.subarray(index * size);
  }
}
