import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  arpReply,
  arpRequest,
  decodeFrame,
  emitFrame,
  icmpFrame,
  parseIpv4Address,
  tcpFlag,
  tcpFrame,
  udpFrame,
} from '../../src/packet/index.js';
import { addressing } from '../../src/probe/addressing.js';
import { sentinelAddresses, sentinelOf } from '../../src/probe/sentinel.js';
import { fakeWire, ports } from './fake-machine.js';

const machine = { mac: addressing.machineMac, address: addressing.machine };
const synAck = tcpFlag.syn | tcpFlag.ack;
const fromMachine = (destination: number) => ({
  ethernet: { source: addressing.machineMac, destination: addressing.proberMac },
  ipv4: { source: addressing.machine, destination },
});
const tcpTo = (destination: number, flags: number, destinationPort = 40_000, acknowledgment = 77) =>
  emitFrame(
    tcpFrame({
      ...fromMachine(destination),
      tcp: { sourcePort: 22, destinationPort, flags, acknowledgment },
    }),
  );

/** A wire whose machine answers nothing: its end and the prober's only take notes. */
function quietWire() {
  const rig = fakeWire();
  const toMachine: Uint8Array[] = [];
  const toProber: Uint8Array[] = [];
  rig.machine.port.onFrame = (frame) => toMachine.push(frame.slice());
  rig.prober.onFrame = (frame) => toProber.push(frame.slice());
  return { ...rig, port: rig.machine.port, toMachine, toProber };
}

describe('ARP', () => {
  it('is answered for the gateway, with the MAC address of the prober', () => {
    const { port, toMachine, toProber } = quietWire();
    port.send(emitFrame(arpRequest(machine, addressing.gateway)));
    expect(toMachine).toHaveLength(1);
    const { arp, ethernet } = decodeFrame(toMachine[0]!);
    expect(arp).toMatchObject({
      operation: 2,
      senderMac: addressing.proberMac,
      senderAddress: addressing.gateway,
      targetMac: addressing.machineMac,
      targetAddress: addressing.machine,
    });
    expect(ethernet!.destination).toEqual(addressing.machineMac);
    expect(toProber).toEqual([]);
  });

  it('is answered for nobody else', () => {
    const { port, toMachine } = quietWire();
    for (const address of [addressing.copies, addressing.machine, addressing.gateway + 4, addressing.control])
      port.send(emitFrame(arpRequest(machine, address)));
    port.send(emitFrame(arpReply(machine, { mac: addressing.proberMac, address: addressing.gateway })));
    port.send(emitFrame(arpRequest(machine, addressing.gateway)).subarray(0, 30));
    expect(toMachine).toEqual([]);
  });
});

describe('readiness', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('knows a machine that answers ARP from one that does not', async () => {
    const silent = quietWire();
    const nobody = silent.control.answersArp(100);
    await vi.advanceTimersByTimeAsync(100);
    expect(await nobody).toBe(false);
    const { control, port } = quietWire();
    const somebody = control.answersArp(100);
    port.send(emitFrame(arpReply(machine, { mac: addressing.proberMac, address: addressing.gateway })));
    expect(await somebody).toBe(true);
    const other = control.answersArp(100);
    port.send(
      emitFrame(
        arpReply({ ...machine, address: addressing.machine + 1 }, { mac: addressing.proberMac, address: 1 }),
      ),
    );
    await vi.advanceTimersByTimeAsync(100);
    expect(await other).toBe(false);
  });

  it('tells the flags of the answer to a SYN, and closes what it opened', async () => {
    const { control, port, toMachine } = quietWire();
    const answer = control.answerToSyn(22, 100);
    const { ipv4, tcp } = decodeFrame(toMachine[0]!);
    expect(tcp).toMatchObject({ destinationPort: 22, flags: tcpFlag.syn });
    port.send(tcpTo(ipv4!.source, synAck, tcp!.sourcePort));
    expect(await answer).toBe(synAck);
    expect(decodeFrame(toMachine[1]!).tcp).toMatchObject({
      flags: tcpFlag.rst,
      sequence: 77,
      sourcePort: tcp!.sourcePort,
      destinationPort: 22,
    });
  });

  it('knows a machine that answers an ICMP echo, and not by the answer to an earlier one', async () => {
    const { control, port, toMachine } = quietWire();
    const reply = (frame: Uint8Array) => {
      const { ipv4, icmp } = decodeFrame(frame);
      port.send(emitFrame(icmpFrame({ ...fromMachine(ipv4!.source), icmp: { ...icmp, type: 0 } })));
    };
    const first = control.answersPing(100);
    await vi.advanceTimersByTimeAsync(100);
    expect(await first).toBe(false);
    const second = control.answersPing(100);
    reply(toMachine[0]!);
    await vi.advanceTimersByTimeAsync(100);
    expect(await second).toBe(false);
    const third = control.answersPing(100);
    reply(toMachine[2]!);
    expect(await third).toBe(true);
  });

  it('is silent about a machine that is, and deaf to the answer to an earlier question', async () => {
    const { control, port, toMachine } = quietWire();
    const first = control.answerToSyn(22, 100);
    await vi.advanceTimersByTimeAsync(100);
    expect(await first).toBeUndefined();
    const second = control.answerToSyn(22, 100);
    const [asked] = toMachine.map((frame) => decodeFrame(frame));
    port.send(tcpTo(asked!.ipv4!.source, tcpFlag.rst, asked!.tcp!.sourcePort));
    await vi.advanceTimersByTimeAsync(100);
    expect(await second).toBeUndefined();
  });
});

describe('the reset of half-open connections', () => {
  it('answers each SYN-ACK to a probe when asked to, and lets the answer pass', () => {
    const { control, port, toMachine, toProber } = quietWire();
    control.resets = true;
    const answer = tcpTo(addressing.copies + 3, synAck);
    port.send(answer);
    expect(toProber).toEqual([answer]);
    const [reset] = toMachine.map((frame) => decodeFrame(frame));
    expect(reset!.ipv4).toMatchObject({ source: addressing.copies + 3, destination: addressing.machine });
    expect(reset!.tcp).toMatchObject({
      sourcePort: 40_000,
      destinationPort: 22,
      flags: tcpFlag.rst,
      sequence: 77,
    });
  });

  it('answers nothing else, and nothing unasked', () => {
    const { control, port, toMachine } = quietWire();
    port.send(tcpTo(addressing.copies, synAck));
    control.resets = true;
    for (const flags of [tcpFlag.syn, tcpFlag.ack, tcpFlag.rst | tcpFlag.ack, 0])
      port.send(tcpTo(addressing.copies, flags));
    expect(toMachine).toEqual([]);
  });
});

describe('a sentinel', () => {
  const kinds = ['syn', 'ping', 'arp'] as const;
  /** What a machine that answers everything says to a sentinel. */
  function answerOf(request: Uint8Array): Uint8Array {
    const { arp, ipv4, tcp, icmp } = decodeFrame(request);
    if (arp) return emitFrame(arpReply(machine, { mac: arp.senderMac, address: arp.senderAddress }));
    if (icmp) return emitFrame(icmpFrame({ ...fromMachine(ipv4!.source), icmp: { ...icmp, type: 0 } }));
    return tcpTo(ipv4!.source, tcpFlag.rst | tcpFlag.ack, tcp!.sourcePort);
  }

  it.each(kinds)('of kind %s comes back as the one that it was, in whatever order', (kind) => {
    const { control, port, toMachine, toProber } = quietWire();
    control.sentinel = sentinelOf(kind, ports.closed);
    const back: number[] = [];
    control.onSentinel = (index) => back.push(index);
    const given = [0, 1, sentinelAddresses - 1, 2 * sentinelAddresses + 7];
    for (const index of given) control.sendSentinel(index);
    for (const request of [...toMachine].reverse()) port.send(answerOf(request));
    expect(back).toEqual([...given].reverse());
    expect(toProber).toEqual([]);
  });

  it.each(['syn', 'ping'] as const)('of kind %s is told apart from one of an earlier round', (kind) => {
    const { control, port, toMachine } = quietWire();
    control.sentinel = sentinelOf(kind, ports.closed);
    const back: number[] = [];
    control.onSentinel = (index) => back.push(index);
    for (const index of [5, sentinelAddresses + 5]) control.sendSentinel(index);
    for (const request of toMachine) port.send(answerOf(request));
    expect(back).toEqual([5, sentinelAddresses + 5]);
  });

  it.each(kinds)('of kind %s is not answered by what answers another kind, or nobody', (kind) => {
    const { control, port, toMachine } = quietWire();
    for (const other of kinds) {
      control.sentinel = sentinelOf(other, ports.closed);
      if (other !== kind) control.sendSentinel(3);
    }
    control.sentinel = sentinelOf(kind, ports.closed);
    let returned = 0;
    control.onSentinel = () => returned++;
    for (const request of toMachine) port.send(answerOf(request));
    expect(returned).toBe(0);
    const unreachable = { type: 3, code: 3, rest: 0 };
    port.send(emitFrame(icmpFrame({ ...fromMachine(addressing.control + 3), icmp: unreachable })));
    expect(returned).toBe(0);
  });

  it('that is a SYN goes to the closed port', () => {
    const { control, toMachine } = quietWire();
    control.sentinel = sentinelOf('syn', ports.closed);
    control.sendSentinel(0);
    expect(decodeFrame(toMachine[0]!).tcp).toMatchObject({
      destinationPort: ports.closed,
      flags: tcpFlag.syn,
    });
  });

  it('is past the path: neither lost nor logged', () => {
    const lost = [{ kind: 'loss' as const, probability: 1 }];
    const rig = fakeWire({ forward: lost, reverse: lost });
    let returned = 0;
    rig.control.sentinel = sentinelOf('syn', ports.closed);
    rig.control.onSentinel = () => returned++;
    rig.machine.port.onFrame = (frame) => rig.machine.port.send(answerOf(frame));
    rig.control.sendSentinel(0);
    expect(returned).toBe(1);
    expect(rig.link.path.log.length).toBe(0);
  });
});

describe('what is addressed to the control block', () => {
  const inBlock = ['172.30.0.0', '172.30.255.1', '172.30.255.255'].map(parseIpv4Address);

  it('never reaches the prober, whatever it is', () => {
    const { port, toProber } = quietWire();
    for (const address of inBlock) {
      port.send(tcpTo(address, tcpFlag.rst));
      port.send(tcpTo(address, synAck));
      port.send(tcpTo(address, 0).subarray(0, 40));
      port.send(emitFrame(icmpFrame(fromMachine(address))));
      port.send(emitFrame(udpFrame({ ...fromMachine(address), udp: { sourcePort: 1, destinationPort: 2 } })));
    }
    expect(toProber).toEqual([]);
  });

  it('and what the machine sends unasked are all that does not', () => {
    const { port, toProber } = quietWire();
    const others = [
      tcpTo(addressing.copies, tcpFlag.rst),
      tcpTo(addressing.copies, 0).subarray(0, 40),
      emitFrame(icmpFrame(fromMachine(addressing.copies))),
      emitFrame(arpReply({ ...machine, address: 9 }, { mac: addressing.proberMac, address: 1 })),
    ];
    for (const frame of others) port.send(frame);
    expect(toProber).toEqual(others);
  });
});

describe('what the machine sends unasked', () => {
  const group = ['255.255.255.255', '224.0.0.251', '172.31.0.1', '192.0.2.7'].map(parseIpv4Address);
  const datagram = (destination: number, destinationPort: number) =>
    emitFrame(udpFrame({ ...fromMachine(destination), udp: { sourcePort: 68, destinationPort } }));

  it('is counted and reaches neither the path nor the prober', () => {
    const { control, port, toProber, toMachine, link } = quietWire();
    const entered: Uint8Array[] = [];
    link.path.observer = { entered: (_, frame) => entered.push(frame), left: () => {} };
    for (const address of group) port.send(datagram(address, 5353));
    const ipv6 = datagram(addressing.copies, 1);
    ipv6.set([0x86, 0xdd], 12);
    port.send(ipv6);
    expect([toProber, toMachine, entered]).toEqual([[], [], []]);
    expect(control.unasked).toBe(group.length + 1);
  });

  it('goes to a service where one listens on the port, at whatever address, but not from a probe', () => {
    const { control, port, toProber } = quietWire();
    const asked: number[] = [];
    control.serve({ port: 67, take: ({ ipv4 }) => asked.push(ipv4.destination) });
    for (const address of group) port.send(datagram(address, 67));
    expect(asked).toEqual(group);
    expect(control.unasked).toBe(0);
    port.send(datagram(addressing.copies, 67));
    expect(asked).toEqual(group);
    expect(toProber).toHaveLength(1);
  });
});
