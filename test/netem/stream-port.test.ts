import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CapabilityError } from '../../src/errors.js';
import { maxFrameLength } from '../../src/netem/port.js';
import { StreamPort } from '../../src/netem/stream-port.js';

/** The other end as QEMU plays it: a client of the socket that speaks length-prefixed frames. */
class Guest {
  readonly socket: Socket;
  readonly closed: Promise<void>;
  private readonly chunks: Buffer[] = [];

  constructor(path: string) {
    this.socket = connect(path);
    this.socket.on('data', (chunk) => this.chunks.push(chunk));
    this.socket.on('error', () => {});
    this.closed = new Promise((resolve) => this.socket.once('close', () => resolve()));
  }

  /** Frames received whole so far. */
  get frames(): Uint8Array[] {
    const data = Buffer.concat(this.chunks);
    const frames: Uint8Array[] = [];
    for (let at = 0; at + 4 <= data.length; ) {
      const length = data.readUInt32BE(at);
      if (at + 4 + length > data.length) break;
      frames.push(Uint8Array.from(data.subarray(at + 4, at + 4 + length)));
      at += 4 + length;
    }
    return frames;
  }

  /** Writes and waits until the kernel has it. */
  write(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve) => this.socket.write(bytes, () => resolve()));
  }
}

function framed(...frames: Uint8Array[]): Buffer {
  return Buffer.concat(
    frames.flatMap((frame) => {
      const prefix = Buffer.alloc(4);
      prefix.writeUInt32BE(frame.length);
      return [prefix, frame];
    }),
  );
}

const numbered = (value: number, length = 60) => {
  const frame = new Uint8Array(length).fill(value);
  new DataView(frame.buffer).setUint32(0, value);
  return frame;
};

/** Retries until the expectation holds. */
const eventually = (expectation: () => void, timeout = 5000) =>
  vi.waitFor(expectation, { interval: 2, timeout });

let folder: string;
let port: StreamPort;
let received: Uint8Array[];
const guests: Guest[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'port-'));
  port = await StreamPort.listen('guest', join(folder, 'wire.sock'));
  received = [];
  port.onFrame = (frame) => received.push(Uint8Array.from(frame));
});

afterEach(async () => {
  for (const guest of guests.splice(0)) guest.socket.destroy();
  await port.close();
  await rm(folder, { recursive: true });
});

function newGuest(): Guest {
  const guest = new Guest(port.socketPath);
  guests.push(guest);
  return guest;
}

describe('frames from the guest', () => {
  it('arrive whole when the stream is cut at every byte', async () => {
    const frames = [numbered(1, 5), new Uint8Array(0), numbered(2, 17), numbered(3, 4), new Uint8Array(0)];
    const stream = framed(...frames);
    const guest = newGuest();
    for (let cut = 1; cut < stream.length; cut++) {
      received = [];
      await guest.write(stream.subarray(0, cut));
      await sleep(1);
      await guest.write(stream.subarray(cut));
      await eventually(() => expect(received).toHaveLength(frames.length));
      expect(received).toEqual(frames);
    }
  });

  it('arrive whole when every byte comes alone', async () => {
    const guest = newGuest();
    const frames = [numbered(1, 9), numbered(2, 12)];
    for (const byte of framed(...frames)) {
      await guest.write(Uint8Array.of(byte));
      await sleep(0);
    }
    await eventually(() => expect(received).toEqual(frames));
  });

  it('arrive one by one when they come in one piece', async () => {
    const frames = Array.from({ length: 500 }, (_, index) => numbered(index, 4 + (index % 90)));
    await newGuest().write(framed(...frames));
    await eventually(() => expect(received).toHaveLength(500));
    expect(received).toEqual(frames);
  });

  it('may be as long as the longest frame', async () => {
    const frames = [numbered(1, maxFrameLength), numbered(2)];
    await newGuest().write(framed(...frames));
    await eventually(() => expect(received).toHaveLength(2));
    expect(Buffer.concat(received).equals(Buffer.concat(frames))).toBe(true);
  });

  it('close the connection, and nothing else, when one is longer', async () => {
    const guest = newGuest();
    const tooLong = Buffer.alloc(8);
    tooLong.writeUInt32BE(maxFrameLength + 1);
    await guest.write(Buffer.concat([framed(numbered(1)), tooLong, framed(numbered(2))]));
    await guest.closed;
    expect(received).toEqual([numbered(1)]);
    port.send(numbered(3));
    port.flush();
  });

  it('that were cut off by the end of a connection do not spoil the next one', async () => {
    const first = newGuest();
    await first.write(framed(numbered(1)).subarray(0, 30));
    await sleep(5);
    first.socket.destroy();
    await eventually(() => expect(port.connected).toBe(false));
    await newGuest().write(framed(numbered(2)));
    await eventually(() => expect(received).toEqual([numbered(2)]));
  });
});

describe('frames to the guest', () => {
  it('wait for it to connect', async () => {
    const frame = numbered(1);
    port.send(frame);
    frame.fill(0);
    port.send(numbered(2));
    const guest = newGuest();
    await eventually(() => expect(guest.frames).toEqual([numbered(1), numbered(2)]));
  });

  it('go out without a flush, and at once with one', async () => {
    const guest = newGuest();
    await eventually(() => expect(port.connected).toBe(true));
    port.send(numbered(1));
    port.flush();
    port.send(numbered(2));
    await eventually(() => expect(guest.frames).toEqual([numbered(1), numbered(2)]));
  });

  it('arrive whole and in order in a burst that the guest is slow to take', async () => {
    const guest = newGuest();
    guest.socket.pause();
    await eventually(() => expect(port.connected).toBe(true));
    const frames = Array.from({ length: 20_000 }, (_, index) => numbered(index, 40 + (index % 1460)));
    const reused = new Uint8Array(2000);
    for (const frame of frames) {
      reused.set(frame);
      port.send(reused.subarray(0, frame.length));
    }
    await sleep(20);
    guest.socket.resume();
    const { length } = framed(...frames);
    await eventually(() => expect(guest.socket.bytesRead).toBe(length), 10_000);
    const { frames: found } = guest;
    expect(found).toHaveLength(frames.length);
    expect(Buffer.concat(found).equals(Buffer.concat(frames))).toBe(true);
  });

  it('are dropped once it has left', async () => {
    const first = newGuest();
    await eventually(() => expect(port.connected).toBe(true));
    first.socket.destroy();
    await eventually(() => expect(port.connected).toBe(false));
    port.send(numbered(1));
    const second = newGuest();
    await eventually(() => expect(port.connected).toBe(true));
    port.send(numbered(2));
    await eventually(() => expect(second.frames).toEqual([numbered(2)]));
  });
});

describe('the socket', () => {
  it('serves one guest at a time', async () => {
    const first = newGuest();
    await eventually(() => expect(port.connected).toBe(true));
    const second = newGuest();
    await second.closed;
    port.send(numbered(1));
    await eventually(() => expect(first.frames).toEqual([numbered(1)]));
    expect(second.frames).toEqual([]);
  });

  it('is gone after close, whoever was connected, and close may be called again', async () => {
    const guest = newGuest();
    await eventually(() => expect(port.connected).toBe(true));
    port.send(numbered(1));
    await port.close();
    await guest.closed;
    expect(existsSync(port.socketPath)).toBe(false);
    await guest.write(framed(numbered(2)));
    port.send(numbered(3));
    await port.close();
    expect(received).toEqual([]);
  });

  it('needs a path that a unix socket can have, and a folder', async () => {
    const long = join(folder, 'x'.repeat(107));
    await expect(StreamPort.listen('long', long)).rejects.toThrow(CapabilityError);
    await expect(StreamPort.listen('long', long)).rejects.toThrow(/107 bytes/);
    const missing = join(folder, 'missing', 'wire.sock');
    await expect(StreamPort.listen('missing', missing)).rejects.toThrow(CapabilityError);
    await expect(StreamPort.listen('taken', port.socketPath)).rejects.toThrow(/EADDRINUSE/);
  });

  it('does not throw when the guest is killed in the middle of a frame', async () => {
    const guest = newGuest();
    await eventually(() => expect(port.connected).toBe(true));
    await guest.write(framed(numbered(1)).subarray(0, 7));
    guest.socket.destroy();
    for (let round = 0; round < 20; round++) {
      port.send(numbered(round, 60_000));
      port.flush();
      await sleep(1);
    }
    expect(received).toEqual([]);
  });
});
