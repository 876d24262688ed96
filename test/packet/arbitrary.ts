import fc from 'fast-check';
import {
  type Arp,
  type Frame,
  type Icmpv4,
  type Ipv4,
  type Raw,
  type Tcp,
  type TcpOption,
  tcpOptionsLength,
  type Udp,
} from '../../src/packet/index.js';

/** fast-check arbitraries for packets: bytes that look like frames, and frames that are well formed. */

const uint8 = fc.integer({ min: 0, max: 0xff });
const uint16 = fc.integer({ min: 0, max: 0xffff });
const uint32 = fc.integer({ min: 0, max: 0xffff_ffff });
const mac = fc.uint8Array({ minLength: 6, maxLength: 6 });
const data = (maxLength: number) => fc.uint8Array({ maxLength });

/** Any bytes, steered so that most reach deep into the decoder: plausible types, any lengths and offsets. */
export const frameLikeBytes: fc.Arbitrary<Uint8Array> = fc
  .record({
    bytes: data(140),
    etherType: fc.constantFrom([8, 0], [8, 6], undefined),
    versionIhl: fc.option(fc.integer({ min: 0x40, max: 0x4f }), { nil: undefined }),
    totalLength: fc.option(fc.integer({ min: 0, max: 140 }), { nil: undefined }),
    fragment: fc.constantFrom([0, 0], [0x40, 0], undefined),
    protocol: fc.constantFrom(1, 6, 17, undefined),
    arpLengths: fc.constantFrom([6, 4], undefined),
  })
  .map(({ bytes, etherType, versionIhl, totalLength, fragment, protocol, arpLengths }) => {
    const steered = bytes.slice();
    const put = (at: number, values: readonly number[] | undefined) => {
      values?.forEach((value, i) => {
        if (at + i < steered.length) steered[at + i] = value;
      });
    };
    put(12, etherType);
    if (etherType?.[1] === 6) put(18, arpLengths);
    else {
      put(14, versionIhl === undefined ? undefined : [versionIhl]);
      put(16, totalLength === undefined ? undefined : [0, totalLength]);
      put(20, fragment);
      put(23, protocol === undefined ? undefined : [protocol]);
    }
    return steered;
  });

const optionForms: fc.Arbitrary<TcpOption>[] = [
  fc.constant({ type: 'nop' }),
  fc.record({ type: fc.constant('mss' as const), value: uint16 }),
  fc.record({ type: fc.constant('windowScale' as const), shift: uint8 }),
  fc.constant({ type: 'sackPermitted' }),
  fc.integer({ min: 1, max: 4 }).chain((blocks) =>
    fc.record({
      type: fc.constant('sack' as const),
      edges: fc.array(uint32, { minLength: 2 * blocks, maxLength: 2 * blocks }),
    }),
  ),
  fc.record({ type: fc.constant('timestamps' as const), value: uint32, echo: uint32 }),
  fc.record({ type: fc.constant('fastOpen' as const), cookie: data(16) }),
  fc.record({ type: fc.constant('md5' as const), digest: fc.uint8Array({ minLength: 16, maxLength: 16 }) }),
  fc.record({
    type: fc.constant('userTimeout' as const),
    minutes: fc.boolean(),
    timeout: fc.integer({ min: 0, max: 0x7fff }),
  }),
  fc.record({
    type: fc.constant('accEcn' as const),
    order: fc.constantFrom(0 as const, 1 as const),
    counters: fc.array(fc.integer({ min: 0, max: 0xff_ffff }), { maxLength: 3 }),
  }),
  fc.record({ type: fc.constant('mptcp' as const), data: data(20) }),
  fc.record({
    type: fc.constant('other' as const),
    kind: fc.integer({ min: 200, max: 255 }),
    data: data(10),
  }),
];

/** Any option that has a form; never an end of list, which would hide what follows. */
export const tcpOption: fc.Arbitrary<TcpOption> = fc.oneof(...optionForms);

/** As many of the options as fit in 40 bytes, and no-operations up to the next 32-bit word. */
function fillWords(options: readonly TcpOption[]): TcpOption[] {
  const filled = [...options];
  while (tcpOptionsLength(filled) > 40) filled.pop();
  while (tcpOptionsLength(filled) % 4 !== 0) filled.push({ type: 'nop' });
  return filled;
}

const ipv4 = (protocol: number): fc.Arbitrary<Ipv4> =>
  fc.record({
    tos: uint8,
    identification: uint16,
    flags: fc.integer({ min: 0, max: 7 }),
    fragmentOffset: fc.constant(0),
    ttl: uint8,
    protocol: fc.constant(protocol),
    source: uint32,
    destination: uint32,
    options: fc
      .integer({ min: 0, max: 10 })
      .chain((n) => fc.uint8Array({ minLength: 4 * n, maxLength: 4 * n })),
  });

const tcp: fc.Arbitrary<Tcp> = fc.record({
  sourcePort: uint16,
  destinationPort: uint16,
  sequence: uint32,
  acknowledgment: uint32,
  reserved: fc.integer({ min: 0, max: 15 }),
  flags: uint8,
  window: uint16,
  urgentPointer: uint16,
  options: fc.array(tcpOption, { maxLength: 5 }).map(fillWords),
});
const udp: fc.Arbitrary<Udp> = fc.record({ sourcePort: uint16, destinationPort: uint16 });
const icmp: fc.Arbitrary<Icmpv4> = fc.record({ type: uint8, code: uint8, rest: uint32 });
const arp: fc.Arbitrary<Arp> = fc.record({
  operation: uint16,
  senderMac: mac,
  senderAddress: uint32,
  targetMac: mac,
  targetAddress: uint32,
});

const raw: fc.Arbitrary<Raw | undefined> = fc.option(
  fc.uint8Array({ minLength: 1, maxLength: 60 }).map((bytes) => ({ bytes })),
  { nil: undefined },
);
const around = (etherType: number) => ({
  ethernet: fc.record({ destination: mac, source: mac, etherType: fc.constant(etherType) }),
  trailer: raw,
});

/** A whole frame whose lengths and checksums are left to emit. */
export const wellFormedFrame: fc.Arbitrary<Frame> = fc.oneof(
  fc.record({ ...around(0x0806), arp }),
  fc.record({ ...around(0x0800), ipv4: ipv4(6), tcp, payload: raw }),
  fc.record({ ...around(0x0800), ipv4: ipv4(17), udp, payload: raw }),
  fc.record({ ...around(0x0800), ipv4: ipv4(1), icmp, payload: raw }),
);
