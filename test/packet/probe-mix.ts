import {
  arpReply,
  arpRequest,
  type CapturedPacket,
  emitFrame,
  type Frame,
  type Ipv4FrameFields,
  icmpFrame,
  icmpv4Type,
  parseMac,
  pcapngBlocks,
  type TcpOption,
  tcpFrame,
  udpFrame,
} from '../../src/packet/index.js';
import { type RandomStream, randomStream } from '../../src/random.js';

const prober = { mac: parseMac('02:00:00:00:00:01'), address: 0x0a000001 };
const machine = { mac: parseMac('02:00:00:00:00:02'), address: 0x0a000002 };

/** A seeded mix of frames: mostly TCP probes of every shape, some UDP, ICMP and ARP. */
export function probeMix(seed: number, count: number): Frame[] {
  const random = randomStream(seed, 'probe-mix');
  return Array.from({ length: count }, () => anyFrame(random));
}

/** The mix as a pcapng file: two named interfaces, timestamps to the nanosecond, comments on some packets. */
export function mixedCapture(seed: number, count: number): Uint8Array {
  const packets = probeMix(seed, count).map(
    (frame, i): CapturedPacket => ({
      interfaceId: i % 2,
      timestamp: 1_286_000_000_000_000_000n + BigInt(i) * 1_000_003n,
      bytes: emitFrame(frame),
      comment: i % 5 === 0 ? `probe ${i}, naïve` : undefined,
    }),
  );
  const interfaces = [{ name: 'prober', description: 'what the prober sends' }, { name: 'machine' }];
  return Buffer.concat([...pcapngBlocks(interfaces, packets, { application: 'stackbed' })]);
}

function anyFrame(random: RandomStream): Frame {
  const draw = random.below(100);
  if (draw < 3) return arpRequest(prober, random.uint32());
  if (draw < 5) return arpReply(machine, prober);
  const fields = ipv4Fields(random);
  if (draw < 12) {
    const udp = { sourcePort: random.below(65536), destinationPort: random.below(65536) };
    return udpFrame({ ...fields, udp: random.below(5) === 0 ? { ...udp, checksum: 0 } : udp });
  }
  if (draw < 19) return icmp(random, fields);
  return tcpFrame({
    ...fields,
    tcp: {
      sourcePort: random.below(65536),
      destinationPort: random.below(65536),
      sequence: random.uint32(),
      acknowledgment: random.uint32(),
      reserved: random.below(16),
      flags: random.below(256),
      window: random.below(65536),
      urgentPointer: random.below(65536),
      options: someOptions(random),
      ...(random.below(10) === 0 && { checksum: random.below(65536) }),
    },
  });
}

function ipv4Fields(random: RandomStream): Ipv4FrameFields {
  return {
    ethernet: { source: prober.mac, destination: machine.mac },
    ipv4: {
      source: prober.address,
      destination: machine.address,
      tos: random.below(256),
      identification: random.below(65536),
      ttl: 1 + random.below(255),
      flags: random.below(8) === 0 ? random.below(8) : random.below(4) << 1,
      fragmentOffset: random.below(20) === 0 ? 1 + random.below(8191) : 0,
      options: random.below(10) === 0 ? Uint8Array.of(0x94, 4, 0, 0) : new Uint8Array(0),
      ...(random.below(20) === 0 && { checksum: random.below(65536) }),
    },
    payload: random.below(3) === 0 ? bytes(random, 1 + random.below(40)) : undefined,
    trailer: random.below(4) === 0 ? new Uint8Array(1 + random.below(6)) : undefined,
  };
}

function icmp(random: RandomStream, fields: Ipv4FrameFields): Frame {
  if (random.below(2) === 0) return icmpFrame({ ...fields, icmp: { rest: random.uint32() } });
  const quoted = emitFrame(tcpFrame({ ...fields, tcp: { sourcePort: 1, destinationPort: 2 } }));
  return icmpFrame({
    ...fields,
    icmp: { type: icmpv4Type.destinationUnreachable, code: random.below(16) },
    payload: quoted.subarray(14, 14 + 28),
  });
}

/** Any options that fit in the 40 bytes, in any order; now and then the area ends in an end of list. */
function someOptions(random: RandomStream): TcpOption[] {
  const options: TcpOption[] = [];
  let room = 40;
  for (let left = random.below(8); left > 0; left--) {
    const [option, length] = anyOption(random);
    if (length > room) continue;
    options.push(option);
    room -= length;
  }
  return options;
}

function anyOption(random: RandomStream): [TcpOption, number] {
  switch (random.below(12)) {
    case 0:
      return [{ type: 'mss', value: random.below(65536) }, 4];
    case 1:
      return [{ type: 'windowScale', shift: random.below(256) }, 3];
    case 2:
      return [{ type: 'sackPermitted' }, 2];
    case 3: {
      const edges = Array.from({ length: 2 * (1 + random.below(3)) }, () => random.uint32());
      return [{ type: 'sack', edges }, 2 + 4 * edges.length];
    }
    case 4:
      return [{ type: 'timestamps', value: random.uint32(), echo: random.uint32() }, 10];
    case 5:
      return [{ type: 'md5', digest: bytes(random, 16) }, 18];
    case 6:
      return [{ type: 'userTimeout', minutes: random.below(2) === 1, timeout: random.below(32768) }, 4];
    case 7: {
      const cookie = bytes(random, 4 + 2 * random.below(7));
      return [{ type: 'fastOpen', cookie }, 2 + cookie.length];
    }
    case 8: {
      const counters = Array.from({ length: random.below(4) }, () => random.below(0x1000000));
      return [{ type: 'accEcn', order: random.below(2) === 0 ? 0 : 1, counters }, 2 + 3 * counters.length];
    }
    case 9: {
      const data = bytes(random, random.below(6));
      return [{ type: 'other', kind: 200 + random.below(50), data }, 2 + data.length];
    }
    default:
      return [{ type: 'nop' }, 1];
  }
}

function bytes(random: RandomStream, length: number): Uint8Array {
  return Uint8Array.from({ length }, () => random.below(256));
}
