import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as packet from '../../src/packet/index.js';
import { hex } from './hex.js';

const zeros = (count: number) => '00'.repeat(count);

/** A DISCOVER as RFC 2131 has it, with its parameter list, an end mark and padding to 300 bytes. */
const discover = hex(
  `01 01 06 00 3903f326 0000 8000 00000000 00000000 00000000 00000000 525400534202 ${zeros(10)}
   ${zeros(64)} ${zeros(128)} 63825363 350101 370401031c06 ff ${zeros(50)}`,
);
/** An ACK with two pads before its second option and nothing behind its end mark. */
const ack = hex(
  `02 01 06 01 3903f326 0005 0000 c0000201 c0000202 c0000203 c0000204 525400534202 ${zeros(10)}
   73${zeros(63)} 66${zeros(127)} 63825363 350105 00 00 3604ac1f0001 ff`,
);

function emit(message: packet.Dhcp): Uint8Array {
  const bytes = new Uint8Array(packet.dhcpLength(message));
  packet.emitDhcp(message, bytes, 0);
  return bytes;
}

describe('DHCP', () => {
  it('is built as RFC 2131 writes it, and padded to what BOOTP clients expect', () => {
    const options = [
      { code: packet.dhcpOptionCode.messageType, data: Uint8Array.of(packet.dhcpType.discover) },
      { code: 55, data: hex('01031c06') },
    ];
    const message = { operation: 1, transactionId: 0x3903f326, flags: 0x8000, options };
    expect(emit({ ...message, clientHardware: hex('525400534202') })).toEqual(discover);
  });

  it('is read field by field', () => {
    const message = packet.parseDhcp(ack)!;
    expect(message).toMatchObject({
      ...{ operation: 2, hardwareType: 1, hardwareLength: 6, hops: 1, transactionId: 0x3903f326 },
      ...{ seconds: 5, flags: 0, clientAddress: 0xc0000201, yourAddress: 0xc0000202 },
      ...{ nextServer: 0xc0000203, relayAddress: 0xc0000204, rest: hex('ff') },
    });
    expect(packet.dhcpMessageType(message)).toBe(packet.dhcpType.ack);
    expect(packet.dhcpOption(message, packet.dhcpOptionCode.serverId)).toEqual(hex('ac1f0001'));
    expect(message.serverName?.[0]).toBe(0x73);
    expect(message.file?.[0]).toBe(0x66);
    expect([packet.dhcpOperationOf(ack, 0), packet.dhcpTransactionId(ack, 0)]).toEqual([2, 0x3903f326]);
  });

  it('keeps an option that is cut off as it is', () => {
    const cut = ack.subarray(0, ack.length - 3);
    const message = packet.parseDhcp(cut)!;
    expect(packet.dhcpMessageType(message)).toBe(packet.dhcpType.ack);
    expect(message.rest).toEqual(hex('3604ac1f'));
    expect(emit(message)).toEqual(cut);
    const codeOnly = packet.parseDhcp(Uint8Array.of(...ack.subarray(0, -1), 12))!;
    expect(codeOnly.rest).toEqual(hex('0c'));
  });

  it('is refused without its cookie, and where its fixed part does not fit', () => {
    expect(packet.parseDhcp(ack.subarray(0, 239))).toBeUndefined();
    const bootp = ack.slice();
    bootp[236] = 0;
    expect(packet.parseDhcp(bootp)).toBeUndefined();
  });

  it('comes back byte for byte, whatever its options are', () => {
    const steered = fc
      .record({ head: fc.uint8Array({ minLength: 236, maxLength: 236 }), options: fc.uint8Array() })
      .map(({ head, options }) => Uint8Array.of(...head, ...hex('63825363'), ...options));
    fc.assert(
      fc.property(steered, (bytes) => {
        expect(emit(packet.parseDhcp(bytes)!)).toEqual(bytes);
      }),
    );
  });
});

const hasTshark = spawnSync('tshark', ['--version']).status === 0;

it.skipIf(!hasTshark)('is read by tshark as it is read here', () => {
  const folder = mkdtempSync(join(tmpdir(), 'stackbed-dhcp-'));
  try {
    const frame = packet.emitFrame(
      packet.udpFrame({
        ethernet: { source: hex('020000000001'), destination: hex('020000000002') },
        ipv4: { source: 0xac1f_0001, destination: 0xac1f_0002 },
        udp: { sourcePort: 67, destinationPort: 68 },
        payload: ack,
      }),
    );
    const capture = packet.pcapngBlocks(
      [{ name: 'wire' }],
      [{ interfaceId: 0, timestamp: 0n, bytes: frame }],
    );
    writeFileSync(join(folder, 'c.pcapng'), Buffer.concat([...capture]));
    const fields = ['dhcp.type', 'dhcp.id', 'dhcp.ip.your', 'dhcp.ip.server', 'dhcp.option.dhcp'];
    const more = ['dhcp.option.dhcp_server_id', 'dhcp.server', 'dhcp.file', 'dhcp.hw.mac_addr'];
    const answer = execFileSync(
      'tshark',
      [
        '-n',
        '-r',
        join(folder, 'c.pcapng'),
        '-T',
        'fields',
        ...[...fields, ...more].flatMap((f) => ['-e', f]),
      ],
      { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
    );
    expect(answer.trim().split('\t')).toEqual([
      ...['2', '0x3903f326', '192.0.2.2', '192.0.2.3', '5'],
      ...['172.31.0.1', 's', 'f', '52:54:00:53:42:02'],
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
