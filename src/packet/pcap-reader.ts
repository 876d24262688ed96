import { InputError } from '../errors.js';

/** A packet of a pcap file; `point` is there for likeness with pcapng, which names interfaces. */
export interface PcapPacket {
  /** A view of the file. */
  readonly bytes: Uint8Array;
  readonly linkType: number;
  readonly point?: undefined;
}

/** Magic numbers for times in micro- and nanoseconds (draft-ietf-opsawg-pcap section 4). */
const magics = [0xa1b2c3d4, 0xa1b23c4d];
const headerLength = 24;
const recordLength = 16;

function isLittle(file: Uint8Array): boolean | undefined {
  if (file.length < 4) return undefined;
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (magics.includes(view.getUint32(0, true))) return true;
  return magics.includes(view.getUint32(0)) ? false : undefined;
}

/** Is the file a pcap, the format before pcapng? */
export function isPcap(file: Uint8Array): boolean {
  return isLittle(file) !== undefined;
}

/** The packets of a pcap file of either byte order. Throws InputError, naming `file` and the offset, where it is cut. */
export function readPcap(file: Uint8Array, name = 'capture'): PcapPacket[] {
  const little = isLittle(file);
  const fail = (at: number, found: string) =>
    new InputError(`${name}: not a whole pcap file: ${found} at byte ${at}`, {
      remedy: 'Check it with capinfos, or capture it again.',
    });
  if (little === undefined) throw fail(0, 'no magic number');
  if (file.length < headerLength) throw fail(0, 'half a header');
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const linkType = view.getUint32(20, little) & 0xffff;
  const packets: PcapPacket[] = [];
  for (let at = headerLength; at < file.length; ) {
    if (file.length - at < recordLength)
      throw fail(at, `${file.length - at} bytes where a packet should start`);
    const length = view.getUint32(at + 8, little);
    const from = at + recordLength;
    if (length > file.length - from)
      throw fail(at, `a packet of ${length} bytes with ${file.length - from} left`);
    packets.push({ bytes: file.subarray(from, from + length), linkType });
    at = from + length;
  }
  return packets;
}
