import { describe, expect, it } from 'vitest';
import { localPortPair } from '../../src/netem/local-port.js';
import type { Port } from '../../src/netem/port.js';
import { type AttachOptions, type Link, Wire } from '../../src/netem/wire.js';
import { broadcastMac } from '../../src/packet/index.js';
import { packetOf } from './packets.js';

const mac = (last: number) => Uint8Array.of(2, 0, 0, 0, 0, last);

function frame(source: Uint8Array, destination: Uint8Array): Uint8Array {
  const bytes = packetOf(1);
  bytes.set(destination, 0);
  bytes.set(source, 6);
  return bytes;
}

interface Station {
  readonly link: Link;
  readonly port: Port;
  readonly received: Uint8Array[];
}

function station(wire: Wire, name: string, options?: AttachOptions): Station {
  const [inside, port] = localPortPair(name);
  const received: Uint8Array[] = [];
  port.onFrame = (bytes) => received.push(bytes.slice());
  return { link: wire.attach(inside, options), port, received };
}

function threeStations() {
  const wire = new Wire();
  const [a, b, c] = [station(wire, 'a'), station(wire, 'b'), station(wire, 'c')];
  return { wire, a, b, c, counts: () => [a, b, c].map(({ received }) => received.length) };
}

describe('another port in the place of one', () => {
  it('is the machine at the far end of the same path from then on', () => {
    const wire = new Wire();
    const prober = station(wire, 'prober');
    const lossless = { forward: [{ kind: 'ttl' as const, set: 7 }], reverse: [] };
    const first = station(wire, 'first', { path: lossless });
    first.port.send(frame(mac(2), broadcastMac));
    const [inside, second] = localPortPair('second');
    const received: Uint8Array[] = [];
    second.onFrame = (bytes) => received.push(bytes.slice());
    first.link.plug(inside);
    prober.port.send(frame(mac(1), mac(2)));
    first.link.inject(frame(mac(1), mac(2)));
    expect([first.received.length, received.length]).toEqual([0, 2]);
    expect(received[0]![22]).toBe(7);
    first.port.send(frame(mac(2), mac(1)));
    expect(prober.received).toHaveLength(1);
    second.send(frame(mac(2), mac(1)));
    expect(prober.received).toHaveLength(2);
    expect(first.link.path.log.length).toBe(1);
  });
});

describe('the learning switch', () => {
  it('floods to a destination it does not know, and to nobody else once it has learned it', () => {
    const { a, b, counts } = threeStations();
    a.port.send(frame(mac(1), mac(2)));
    expect(counts()).toEqual([0, 1, 1]);
    b.port.send(frame(mac(2), mac(1)));
    expect(counts()).toEqual([1, 1, 1]);
    a.port.send(frame(mac(1), mac(2)));
    expect(counts()).toEqual([1, 2, 1]);
    expect(b.received.at(-1)).toEqual(frame(mac(1), mac(2)));
  });

  it('gives a broadcast and a multicast to all but the sender, learned or not', () => {
    const { a, b, c, counts } = threeStations();
    for (const [index, { port }] of [a, b, c].entries()) port.send(frame(mac(index + 1), broadcastMac));
    expect(counts()).toEqual([2, 2, 2]);
    a.port.send(frame(mac(1), Uint8Array.of(0x01, 0, 0x5e, 0, 0, 1)));
    expect(counts()).toEqual([2, 3, 3]);
  });

  it('follows an address that moves to another port', () => {
    const { a, b, c, counts } = threeStations();
    b.port.send(frame(mac(2), mac(9)));
    c.port.send(frame(mac(2), mac(9)));
    const before = counts();
    a.port.send(frame(mac(1), mac(2)));
    expect(counts()).toEqual([before[0], before[1], before[2]! + 1]);
  });

  it('does not send a frame back to where it came from', () => {
    const { a, counts } = threeStations();
    a.port.send(frame(mac(1), broadcastMac));
    const before = counts();
    a.port.send(frame(mac(7), mac(1)));
    expect(counts()).toEqual(before);
  });

  it('drops what is too short for an Ethernet header', () => {
    const { a, counts } = threeStations();
    for (let length = 0; length < 14; length++) a.port.send(frame(mac(1), broadcastMac).subarray(0, length));
    expect(counts()).toEqual([0, 0, 0]);
    a.port.send(frame(mac(1), broadcastMac).subarray(0, 14));
    expect(counts()).toEqual([0, 1, 1]);
  });
});

describe('a link', () => {
  it('lets its tap take frames off the wire before the path sees them', () => {
    const { a, b } = threeStations();
    const seen: number[] = [];
    let entered = 0;
    a.link.path.observer = { entered: () => entered++, left: () => {} };
    a.link.tap = (bytes) => {
      seen.push(bytes[5]!);
      return bytes[5] === 9;
    };
    a.port.send(frame(mac(1), mac(9)));
    a.port.send(frame(mac(1), mac(2)));
    expect(seen).toEqual([9, 2]);
    expect(b.received).toEqual([frame(mac(1), mac(2))]);
    expect(entered).toBe(1);
  });

  it('taps only what its own machine sends', () => {
    const { a, b } = threeStations();
    a.link.tap = () => true;
    b.port.send(frame(mac(2), mac(1)));
    expect(a.received).toHaveLength(1);
  });

  it('injects past the path and past the other stations', () => {
    const wire = new Wire();
    const everythingLost = { path: { forward: [{ kind: 'loss' as const, probability: 1 }], reverse: [] } };
    const [a, b] = [station(wire, 'a', everythingLost), station(wire, 'b')];
    b.port.send(frame(mac(2), mac(1)));
    expect(a.received).toEqual([]);
    a.link.inject(frame(mac(9), mac(1)));
    expect(a.received).toEqual([frame(mac(9), mac(1))]);
    expect(b.received).toEqual([]);
    expect(a.link.path.log.length).toBe(1);
  });

  it('has its path forward towards its machine and reverse away from it', () => {
    const wire = new Wire();
    const path = {
      forward: [{ kind: 'ttl' as const, set: 11 }],
      reverse: [{ kind: 'ttl' as const, set: 22 }],
    };
    const [a, b] = [station(wire, 'a', { path }), station(wire, 'b')];
    b.port.send(frame(mac(2), mac(1)));
    a.port.send(frame(mac(1), mac(2)));
    expect(a.received.map((bytes) => bytes[22])).toEqual([11]);
    expect(b.received.map((bytes) => bytes[22])).toEqual([22]);
  });

  it('names its draws after its port', () => {
    const lost = (name: string) => {
      const wire = new Wire();
      const path = { forward: [{ kind: 'loss' as const, probability: 0.5 }], reverse: [] };
      const machine = station(wire, name, { path, seed: 4 });
      const { port } = station(wire, 'prober');
      for (let flow = 0; flow < 100; flow++) port.send(packetOf(flow));
      return machine.received.map((bytes) => bytes[29]);
    };
    expect(lost('m1')).toEqual(lost('m1'));
    expect(lost('m1')).not.toEqual(lost('m2'));
  });
});

describe('detach', () => {
  it('takes the link off the wire, what it learned and what its path holds with it', () => {
    const wire = new Wire();
    const slow = { path: { forward: [{ kind: 'delay' as const, time: 1000, jitter: 0 }], reverse: [] } };
    const [a, b, c] = [station(wire, 'a', slow), station(wire, 'b'), station(wire, 'c')];
    a.port.send(frame(mac(1), broadcastMac));
    b.port.send(frame(mac(2), mac(1)));
    expect(a.link.path.held).toBe(1);
    wire.detach(a.link);
    expect(a.link.path.held).toBe(0);
    a.port.send(frame(mac(1), broadcastMac));
    expect(b.received).toHaveLength(1);
    b.port.send(frame(mac(2), mac(1)));
    expect([a.received.length, c.received.length]).toEqual([0, 2]);
  });

  it('done twice harms no other link', () => {
    const { wire, a, b, c } = threeStations();
    wire.detach(a.link);
    wire.detach(a.link);
    b.port.send(frame(mac(2), broadcastMac));
    expect(c.received).toHaveLength(1);
  });
});

describe('close', () => {
  it('closes every port, and all of them even if one fails', async () => {
    const wire = new Wire();
    const closed: string[] = [];
    const port = (name: string, close: () => Promise<void>): Port => ({
      name,
      onFrame: undefined,
      send: () => {},
      flush: () => {},
      close: () => {
        closed.push(name);
        return close();
      },
    });
    wire.attach(port('a', async () => {}));
    wire.attach(port('b', () => Promise.reject(new Error('b will not'))));
    wire.attach(port('c', async () => {}));
    await expect(wire.close()).rejects.toThrow('b will not');
    expect(closed).toEqual(['a', 'b', 'c']);
    await wire.close();
    expect(closed).toHaveLength(3);
  });
});
