import { broadcastMac, formatIpv4Address } from '../packet/address.js';
import { udpFrame } from '../packet/build.js';
import { readUint32 } from '../packet/bytes.js';
import {
  type Dhcp,
  type DhcpOption,
  dhcpBroadcastFlag,
  dhcpLength,
  dhcpMessageType,
  dhcpOperation,
  dhcpOption,
  dhcpOptionCode,
  dhcpPort,
  dhcpType,
  dhcpUint32Option,
  emitDhcp,
  parseDhcp,
} from '../packet/dhcp.js';
import { emitFrame } from '../packet/frame.js';
import { addressing } from './addressing.js';
import type { Datagram, WireService } from './service.js';

export interface DhcpServerOptions {
  /** Boot file that the machine is told to fetch by TFTP; it also gets the gateway's address as the server's. */
  readonly bootFile?: string | undefined;
}

/** 0xffffffff would mean forever, which not every client understands: ten years. */
const leaseSeconds = 10 * 365 * 86_400;

const anyAddress = 0;
const broadcastAddress = 0xffff_ffff;
const text = (value: string) => new Uint8Array(Buffer.from(value, 'latin1'));

/**
 * A DHCP server for the one machine of a wire (RFC 2131): it always leases the machine's address of the address
 * plan, with mask and router, for longer than any run. A request for another address is refused with a NAK,
 * after which clients ask anew.
 */
export class DhcpServer implements WireService {
  readonly port = dhcpPort.server;

  constructor(private readonly options: DhcpServerOptions = {}) {}

  take({ payload, sourceMac }: Datagram, send: (frame: Uint8Array) => void): void {
    const message = parseDhcp(payload);
    if (message?.operation !== dhcpOperation.request) return;
    const type = this.answerType(message);
    if (type === undefined) return;
    const reply = this.reply(message, type);
    const bytes = new Uint8Array(dhcpLength(reply));
    emitDhcp(reply, bytes, 0);
    // RFC 2131 section 4.1: by broadcast when asked for or when refusing, else to the address that it has or gets.
    const broadcast = type === dhcpType.nak || ((message.flags ?? 0) & dhcpBroadcastFlag) !== 0;
    send(
      emitFrame(
        udpFrame({
          ethernet: { source: addressing.proberMac, destination: broadcast ? broadcastMac : sourceMac },
          ipv4: {
            source: addressing.gateway,
            destination: broadcast ? broadcastAddress : message.clientAddress || addressing.machine,
          },
          udp: { sourcePort: dhcpPort.server, destinationPort: dhcpPort.client },
          payload: bytes,
        }),
      ),
    );
  }

  /** Type of the answer, or undefined where RFC 2131 has the server keep silent. */
  private answerType(message: Dhcp): number | undefined {
    switch (dhcpMessageType(message)) {
      case dhcpType.discover:
        return dhcpType.offer;
      case dhcpType.inform:
        return dhcpType.ack;
      case dhcpType.request: {
        const address = (code: number) => {
          const data = dhcpOption(message, code);
          return data?.length === 4 ? readUint32(data, 0) : undefined;
        };
        const server = address(dhcpOptionCode.serverId);
        if (server !== undefined && server !== addressing.gateway) return undefined;
        const wanted = address(dhcpOptionCode.requestedAddress) ?? message.clientAddress ?? anyAddress;
        return wanted === addressing.machine ? dhcpType.ack : dhcpType.nak;
      }
      default:
        return undefined;
    }
  }

  private reply(message: Dhcp, type: number): Dhcp {
    const refused = type === dhcpType.nak;
    const informed = dhcpMessageType(message) === dhcpType.inform;
    const { bootFile } = this.options;
    const options: DhcpOption[] = [
      { code: dhcpOptionCode.messageType, data: Uint8Array.of(type) },
      dhcpUint32Option(dhcpOptionCode.serverId, addressing.gateway),
    ];
    if (!refused && !informed) options.push(dhcpUint32Option(dhcpOptionCode.leaseTime, leaseSeconds));
    if (!refused)
      options.push(
        dhcpUint32Option(dhcpOptionCode.subnetMask, (0xffff_ffff << (32 - addressing.prefix)) >>> 0),
        dhcpUint32Option(dhcpOptionCode.router, addressing.gateway),
      );
    if (!refused && bootFile !== undefined)
      options.push(
        { code: dhcpOptionCode.tftpServer, data: text(formatIpv4Address(addressing.gateway)) },
        { code: dhcpOptionCode.bootFile, data: text(bootFile) },
      );
    return {
      operation: dhcpOperation.reply,
      transactionId: message.transactionId,
      flags: message.flags,
      clientAddress: refused ? 0 : message.clientAddress,
      yourAddress: refused || informed ? 0 : addressing.machine,
      relayAddress: message.relayAddress,
      clientHardware: message.clientHardware,
      options,
      ...(!refused &&
        bootFile !== undefined && { nextServer: addressing.gateway, file: text(bootFile).subarray(0, 127) }),
    };
  }
}
