/**
 * The packet room: wire formats, one file a protocol, each in the same order.
 *
 * 1. A *field table* (`tcpField`, `ipv4Field`, ...) names the byte offsets, for code that reads or patches
 *    packets in place.
 * 2. *View accessors* (`tcpFlags(buffer, at)`) read one field where it lies. They allocate nothing and check
 *    nothing: call the file's `check...Length(buffer, at, end)` first. False means that the header, as long as it
 *    says it is, does not lie in `buffer[at..end)`; accessors are then meaningless, though never unsafe.
 * 3. A *representation* (`interface Tcp`) with `parseTcp`, `tcpLength` and `emitTcp`. `parse` returns undefined
 *    where the fixed part of the header does not fit, and never throws. `emit` writes exactly `...Length` bytes
 *    at `at`; a transport header is emitted after its payload is in place, since the checksum covers both.
 *
 * Two rules hold in every file, and for whole frames (`decodeFrame`, `emitFrame`):
 *
 * - *Decoding is lossless.* `emitFrame(decodeFrame(bytes))` equals `bytes` for any bytes at all. A header with an
 *   impossible length keeps that length and its fixed fields; what cannot be given a structure is kept as raw
 *   bytes with its offset. Every field comes out explicit; {@link withoutComputed} clears what emit can compute.
 * - *Set fields win.* A checksum, length, IHL or data offset that is left out is computed at emit; one that is set
 *   is sent as it is, right or wrong. That is how malformed probes are written on purpose.
 *
 * Numbers are cut to the width of their field, in network byte order; IPv4 addresses are unsigned 32-bit numbers,
 * Ethernet addresses are 6 bytes. Byte fields of a decoded packet are views of the buffer it was decoded from:
 * copy the buffer first if it will be reused.
 *
 * @example
 * const syn = tcpFrame({
 *   ethernet: { source: parseMac('02:00:00:00:00:01'), destination: parseMac('02:00:00:00:00:02') },
 *   ipv4: { source: parseIpv4Address('10.0.0.1'), destination: parseIpv4Address('10.0.0.2') },
 *   tcp: { sourcePort: 40000, destinationPort: 80, options: [{ type: 'mss', value: 1460 }] },
 * });
 * const bytes = emitFrame(syn); // 58 bytes, lengths and checksums computed
 * const tcpAt = ethernetHeaderLength + ipv4HeaderLength(bytes, ethernetHeaderLength);
 * if (checkTcpLength(bytes, tcpAt)) formatTcpFlags(tcpFlags(bytes, tcpAt)); // 'S'
 * formatTcpOptions(decodeFrame(bytes).tcp!.options); // 'M1460'
 */
export * from './address.js';
export * from './arp.js';
export * from './build.js';
export * from './bytes.js';
export * from './checksum.js';
export * from './dhcp.js';
export * from './ethernet.js';
export * from './frame.js';
export * from './frame-fields.js';
export * from './icmpv4.js';
export * from './ipv4.js';
export * from './pcapng.js';
export * from './pcapng-reader.js';
export * from './pcapng-writer.js';
export * from './tcp.js';
export * from './tcp-flags.js';
export * from './tcp-options.js';
export * from './tcp-options-text.js';
export * from './udp.js';
