import { describe, expect, it } from 'vitest';
import * as packet from '../../src/packet/index.js';
import { addressing } from '../../src/probe/addressing.js';
import { DhcpServer, type DhcpServerOptions } from '../../src/probe/dhcp-server.js';
import { fakeWire } from './fake-machine.js';

const { dhcpOptionCode, dhcpType } = packet;
const type = (value: number) => ({ code: dhcpOptionCode.messageType, data: Uint8Array.of(value) });
const address = packet.dhcpUint32Option;

/** What the wire hands to a machine that sends this message to port 67, and what the prober sees of it. */
function ask(message: Partial<packet.Dhcp>, options: DhcpServerOptions = {}, source = 0) {
  const { machine, control, prober } = fakeWire();
  const [toMachine, toProber]: Uint8Array[][] = [[], []];
  machine.port.onFrame = (frame) => toMachine!.push(frame.slice());
  prober.onFrame = (frame) => toProber!.push(frame.slice());
  control.serve(new DhcpServer(options));
  const request: packet.Dhcp = {
    ...{ operation: packet.dhcpOperation.request, transactionId: 0x1234_5678, options: [] },
    clientHardware: addressing.machineMac,
    ...message,
  };
  const payload = new Uint8Array(packet.dhcpLength(request));
  packet.emitDhcp(request, payload, 0);
  machine.port.send(
    packet.emitFrame(
      packet.udpFrame({
        ethernet: { source: addressing.machineMac, destination: packet.broadcastMac },
        ipv4: { source, destination: 0xffff_ffff },
        udp: { sourcePort: 68, destinationPort: 67 },
        payload,
      }),
    ),
  );
  expect(toProber).toEqual([]);
  expect(toMachine!.length).toBeLessThan(2);
  if (!toMachine![0]) return undefined;
  const frame = packet.decodeFrame(toMachine![0]);
  return { frame, reply: packet.parseDhcp(frame.payload!.bytes)! };
}

describe('a DISCOVER', () => {
  it('is offered the address of the machine, with mask, router and a long lease', () => {
    const { frame, reply } = ask({ options: [type(dhcpType.discover)] })!;
    expect(frame.ethernet?.destination).toEqual(addressing.machineMac);
    expect(frame.ipv4).toMatchObject({ source: addressing.gateway, destination: addressing.machine });
    expect(frame.udp).toMatchObject({ sourcePort: 67, destinationPort: 68 });
    expect(reply).toMatchObject({
      ...{ operation: 2, transactionId: 0x1234_5678, yourAddress: addressing.machine, nextServer: 0 },
    });
    expect(reply.clientHardware.subarray(0, 6)).toEqual(addressing.machineMac);
    expect(packet.dhcpMessageType(reply)).toBe(dhcpType.offer);
    const option = (code: number) => Buffer.from(packet.dhcpOption(reply, code)!).toString('hex');
    expect(option(dhcpOptionCode.subnetMask)).toBe('ffff0000');
    expect(option(dhcpOptionCode.router)).toBe('ac1f0001');
    expect(option(dhcpOptionCode.serverId)).toBe('ac1f0001');
    expect(Number.parseInt(option(dhcpOptionCode.leaseTime), 16)).toBeGreaterThan(365 * 86_400);
  });

  it('is answered by broadcast when it asks for that', () => {
    const { frame } = ask({ flags: packet.dhcpBroadcastFlag, options: [type(dhcpType.discover)] })!;
    expect(frame.ethernet?.destination).toEqual(packet.broadcastMac);
    expect(frame.ipv4?.destination).toBe(0xffff_ffff);
  });

  it('is told the boot file and its server, where there is one', () => {
    const { reply } = ask({ options: [type(dhcpType.discover)] }, { bootFile: 'lpxelinux.0' })!;
    const text = (data: Uint8Array | undefined) => Buffer.from(data!).toString('latin1').replace(/\0+$/, '');
    expect(reply.nextServer).toBe(addressing.gateway);
    expect(text(reply.file)).toBe('lpxelinux.0');
    expect(text(packet.dhcpOption(reply, dhcpOptionCode.bootFile))).toBe('lpxelinux.0');
    expect(text(packet.dhcpOption(reply, dhcpOptionCode.tftpServer))).toBe('172.31.0.1');
  });
});

describe('a REQUEST', () => {
  it.each([
    ['for the offered address', { options: [address(dhcpOptionCode.requestedAddress, addressing.machine)] }],
    ['to renew', { clientAddress: addressing.machine, options: [] }],
  ])('%s is acknowledged', (_, { options, ...message }) => {
    const { reply } = ask({ ...message, options: [type(dhcpType.request), ...options] })!;
    expect(packet.dhcpMessageType(reply)).toBe(dhcpType.ack);
    expect(reply.yourAddress).toBe(addressing.machine);
  });

  it('for an address of another network is refused by broadcast', () => {
    const options = [type(dhcpType.request), address(dhcpOptionCode.requestedAddress, 0xc0a8_0105)];
    const { reply, frame } = ask({ options })!;
    expect(packet.dhcpMessageType(reply)).toBe(dhcpType.nak);
    expect(reply.yourAddress).toBe(0);
    expect(frame.ethernet?.destination).toEqual(packet.broadcastMac);
  });

  it('to another server is none of ours', () => {
    const options = [type(dhcpType.request), address(dhcpOptionCode.serverId, 0xc0a8_0101)];
    expect(ask({ options })).toBeUndefined();
  });
});

it('an INFORM gets the settings without a lease', () => {
  const { reply, frame } = ask({ clientAddress: 0xac1f_0009, options: [type(dhcpType.inform)] })!;
  expect(packet.dhcpMessageType(reply)).toBe(dhcpType.ack);
  expect(reply.yourAddress).toBe(0);
  expect(packet.dhcpOption(reply, dhcpOptionCode.leaseTime)).toBeUndefined();
  expect(frame.ipv4?.destination).toBe(0xac1f_0009);
});

it.each([
  ['a RELEASE', { options: [type(dhcpType.release)] }],
  ['a reply', { operation: 2, options: [type(dhcpType.discover)] }],
  ['plain BOOTP', { options: [] }],
])('%s is not answered', (_, message) => {
  expect(ask(message)).toBeUndefined();
});
