import { describe, expect, it } from 'vitest';
import { localPortPair } from '../../src/netem/local-port.js';
import { TranslatedPort } from '../../src/netem/translated-port.js';
import * as packet from '../../src/packet/index.js';

const { parseIpv4Address: address, decodeFrame, emitFrame } = packet;
const inside = address('192.168.1.10');
const outside = address('172.31.0.2');
const gateway = { inside: address('192.168.1.1'), outside: address('172.31.0.1') };
const prober = address('10.0.0.1');
const macs = { machine: packet.parseMac('52:54:00:00:00:01'), wire: packet.parseMac('02:00:00:00:00:01') };
const fromMachine = { source: macs.machine, destination: macs.wire };
const toMachine = { source: macs.wire, destination: macs.machine };

/** A machine at 192.168.1.10, and what each side sees. */
function rig() {
  const [wireSide, machineSide] = localPortPair('machine');
  const port = new TranslatedPort(wireSide, { inside, outside }, gateway);
  const [seenOutside, seenInside]: Uint8Array[][] = [[], []];
  port.onFrame = (frame) => seenOutside!.push(frame.slice());
  machineSide.onFrame = (frame) => seenInside!.push(frame.slice());
  return { port, machineSide, seenOutside: seenOutside!, seenInside: seenInside! };
}

/** The same packet between other addresses, emitted with checksums of its own. */
const readdressed = (frame: packet.Frame, ipv4: Partial<packet.Ipv4>) =>
  emitFrame(packet.withoutComputed({ ...frame, ipv4: { ...frame.ipv4!, ...ipv4 } }));

const transports = {
  tcp: packet.tcpFrame({
    ethernet: fromMachine,
    ipv4: { source: inside, destination: prober },
    tcp: { sourcePort: 22, destinationPort: 40_000, options: [{ type: 'mss', value: 1460 }] },
    payload: Uint8Array.of(1, 2, 3),
  }),
  udp: packet.udpFrame({
    ethernet: fromMachine,
    ipv4: { source: inside, destination: prober },
    udp: { sourcePort: 53, destinationPort: 40_000 },
    payload: Uint8Array.of(9),
  }),
  icmp: packet.icmpFrame({ ethernet: fromMachine, ipv4: { source: inside, destination: prober } }),
};

describe('a packet of the machine', () => {
  it.each(Object.entries(transports))(
    'over %s leaves from the address of the plan, with right checksums',
    (_, frame) => {
      const { machineSide, seenOutside } = rig();
      machineSide.send(emitFrame(frame));
      expect(seenOutside).toEqual([readdressed(frame, { source: outside })]);
    },
  );

  it('keeps a checksum that is wrong wrong, and one that is not there away', () => {
    const { machineSide, seenOutside } = rig();
    const right = decodeFrame(emitFrame(transports.tcp));
    machineSide.send(
      emitFrame({ ...right, tcp: { ...right.tcp!, checksum: (right.tcp!.checksum! + 1) & 0xffff } }),
    );
    machineSide.send(emitFrame({ ...transports.udp, udp: { ...transports.udp.udp!, checksum: 0 } }));
    const expected = decodeFrame(readdressed(transports.tcp, { source: outside })).tcp!.checksum!;
    expect(decodeFrame(seenOutside[0]!).tcp!.checksum).toBe((expected + 1) & 0xffff);
    expect(decodeFrame(seenOutside[1]!).udp!.checksum).toBe(0);
  });

  it('that quotes a packet quotes it as it was sent', () => {
    const { machineSide, port, seenOutside, seenInside } = rig();
    const question = packet.udpFrame({
      ethernet: toMachine,
      ipv4: { source: prober, destination: outside },
      udp: { sourcePort: 40_000, destinationPort: 9 },
      payload: Uint8Array.of(1, 2, 3, 4),
    });
    port.send(emitFrame(question));
    const unreachable = (source: number, quote: Uint8Array) =>
      emitFrame(
        packet.icmpFrame({
          ethernet: fromMachine,
          ipv4: { source, destination: prober },
          icmp: { type: 3, code: 3 },
          payload: quote,
        }),
      );
    machineSide.send(unreachable(inside, seenInside[0]!.subarray(14)));
    expect(seenOutside[0]).toEqual(unreachable(outside, emitFrame(question).subarray(14)));
  });

  it('from any other address is left alone', () => {
    const { machineSide, seenOutside } = rig();
    const frame = readdressed(transports.tcp, { source: address('192.168.1.11') });
    machineSide.send(frame);
    expect(seenOutside).toEqual([frame]);
  });
});

it('a packet to the machine arrives at its own address', () => {
  const { port, seenInside } = rig();
  const probe = packet.tcpFrame({
    ethernet: toMachine,
    ipv4: { source: prober, destination: outside },
    tcp: { sourcePort: 40_000, destinationPort: 22 },
  });
  port.send(emitFrame(probe));
  expect(seenInside).toEqual([readdressed(probe, { destination: inside })]);
});

it('whichever router the machine asks for is the gateway', () => {
  const { machineSide, port, seenOutside, seenInside } = rig();
  const router = address('192.168.1.254');
  const self = { mac: macs.machine, address: inside };
  machineSide.send(emitFrame(packet.arpRequest(self, router)));
  expect(decodeFrame(seenOutside[0]!).arp).toMatchObject({
    senderAddress: outside,
    targetAddress: gateway.outside,
  });
  port.send(
    emitFrame(
      packet.arpReply({ mac: macs.wire, address: gateway.outside }, { mac: macs.machine, address: outside }),
    ),
  );
  expect(decodeFrame(seenInside[0]!).arp).toMatchObject({ senderAddress: router, targetAddress: inside });
});

it('an ARP request for the machine comes from a host of its own network', () => {
  const { machineSide, port, seenOutside, seenInside } = rig();
  port.send(emitFrame(packet.arpRequest({ mac: macs.wire, address: gateway.outside }, outside)));
  expect(decodeFrame(seenInside[0]!).arp).toMatchObject({
    senderAddress: gateway.inside,
    targetAddress: inside,
  });
  machineSide.send(
    emitFrame(
      packet.arpReply({ mac: macs.machine, address: inside }, { mac: macs.wire, address: gateway.inside }),
    ),
  );
  expect(decodeFrame(seenOutside[0]!).arp).toMatchObject({
    senderAddress: outside,
    targetAddress: gateway.outside,
  });
});
