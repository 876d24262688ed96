import { failedCall, libc } from './linux/libc.js';
import { MessageBlock } from './linux/messages.js';
import { inNamespace } from './linux/namespace.js';
import { maxFrameLength, type Port } from './port.js';

/** linux/if_packet.h, linux/if_ether.h, asm-generic/socket.h. */
const [afPacket, sockRaw, nonBlocking, closeOnExec] = [17, 3, 0o4000, 0o2000000];
const allProtocols = 0x0003;
const [solSocket, receiveBufferForce, sendBufferForce] = [1, 33, 32];
const [solPacket, packetStatistics, packetIgnoreOutgoing] = [263, 6, 23];
const dontWait = 0x40;

/** errno of a queue that is full for now: EAGAIN, ENOBUFS. */
const fullForNow = [11, 105];

const bufferBytes = 32 << 20;
const batch = 64;
/** Room for a frame that goes out: more than an interface of the lab carries is refused by it. */
const slot = 2048;
const wideSlot = maxFrameLength + 3;
/** Batches that are read before timers and others have their turn. */
const batchesAtOnce = 8;

type PollHandle = ReturnType<ReturnType<typeof libc>['poll']>;

const int = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
};

/**
 * A network interface as a port of the wire: what arrives at it is received, what is sent leaves by it as it
 * is, checksums and all (packet(7)). Frames that the host itself sends by it are not seen. Sent frames wait
 * here while the interface's queue is full; what it refuses, being larger than its MTU, is counted as
 * refused.
 */
export class AfPacketPort implements Port {
  onFrame: ((frame: Uint8Array) => void) | undefined;
  /** Frames that the interface would not take. */
  refused = 0;
  private readonly incoming = new MessageBlock(batch, wideSlot);
  private readonly outgoing = new MessageBlock(batch, slot);
  private filled = 0;
  private gone = 0;
  private backlog: Uint8Array[] = [];
  private flushScheduled = false;
  private lostSoFar = 0;
  private closed = false;
  private readonly handle: PollHandle;

  private constructor(
    readonly name: string,
    private readonly fd: number,
  ) {
    this.handle = libc().poll(fd, { readable: true }, () => this.drain());
  }

  /**
   * @param place name of the interface, and path of its network namespace when it is not this process's own
   * @throws CapabilityError when there is no such interface, or packet sockets are not allowed
   */
  static open(name: string, place: { interface: string; namespace?: string }): AfPacketPort {
    const open = () => openSocket(place.interface);
    return new AfPacketPort(
      name,
      place.namespace === undefined ? open() : inNamespace(place.namespace, open),
    );
  }

  /** Frames that came faster than they were read, so far; the kernel dropped them. */
  get lost(): number {
    // struct tpacket_stats: packets, drops; reading sets both back.
    const stats = Buffer.alloc(8);
    if (!this.closed && libc().getsockopt(this.fd, solPacket, packetStatistics, stats, int(8)) === 0)
      this.lostSoFar += stats.readUInt32LE(4);
    return this.lostSoFar;
  }

  send(frame: Uint8Array): void {
    if (this.closed) return;
    if (frame.length > slot) {
      this.refused++;
      return;
    }
    if (this.filled === batch) this.flush();
    if (this.filled === batch || this.backlog.length > 0) this.backlog.push(frame.slice());
    else {
      this.outgoing.data.set(frame, this.filled * slot);
      this.outgoing.setLength(this.filled++, frame.length);
    }
    this.schedule(false);
  }

  flush(): void {
    if (this.closed) return;
    const { sendmmsg, errno } = libc();
    for (;;) {
      while (this.gone < this.filled) {
        const sent = sendmmsg(this.fd, this.outgoing.from(this.gone), this.filled - this.gone, dontWait);
        if (sent > 0) this.gone += sent;
        else if (fullForNow.includes(errno())) {
          this.schedule(true);
          return;
        } else {
          this.gone++;
          this.refused++;
        }
      }
      this.filled = this.gone = 0;
      if (this.backlog.length === 0) return;
      for (const frame of this.backlog.splice(0, batch)) {
        this.outgoing.data.set(frame, this.filled * slot);
        this.outgoing.setLength(this.filled++, frame.length);
      }
    }
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    this.onFrame = undefined;
    this.backlog = [];
    this.handle.close();
    libc().close(this.fd);
  }

  private schedule(later: boolean): void {
    if (this.flushScheduled) return;
    this.flushScheduled = true;
    const run = () => {
      this.flushScheduled = false;
      this.flush();
    };
    if (later) setTimeout(run, 1);
    else setImmediate(run);
  }

  private drain(): void {
    const { recvmmsg } = libc();
    const { incoming } = this;
    for (let round = 0; round < batchesAtOnce; round++) {
      if (this.closed) return;
      const count = recvmmsg(this.fd, incoming.headers, batch, dontWait, null);
      for (let index = 0; index < count; index++) {
        const start = incoming.data.byteOffset + index * wideSlot;
        this.onFrame?.(new Uint8Array(incoming.data.buffer, start, incoming.received(index)));
      }
      if (count < batch) return;
    }
  }
}

function openSocket(name: string): number {
  const { socket, bind, setsockopt, close, if_nametoindex, errno } = libc();
  // Without a protocol it hears nothing yet, so that nothing of other interfaces gets in before it is bound.
  const fd = socket(afPacket, sockRaw | nonBlocking | closeOnExec, 0);
  if (fd < 0) throw failedCall('open a packet socket', errno());
  const must = (result: number, what: string) => {
    if (result >= 0) return;
    const error = failedCall(what, errno());
    close(fd);
    throw error;
  };
  must(setsockopt(fd, solPacket, packetIgnoreOutgoing, int(1), 4), 'ignore frames that go out');
  // What is allowed without more privileges is much less; a busy port would lose frames.
  for (const which of [receiveBufferForce, sendBufferForce])
    setsockopt(fd, solSocket, which, int(bufferBytes), 4);
  const index = if_nametoindex(name);
  must(index === 0 ? -1 : 0, `find the interface ${name}`);
  // struct sockaddr_ll: family, protocol in network byte order, index.
  const address = Buffer.alloc(20);
  address.writeUInt16LE(afPacket, 0);
  address.writeUInt16BE(allProtocols, 2);
  address.writeInt32LE(index, 4);
  must(bind(fd, address, address.length), `bind to the interface ${name}`);
  return fd;
}
