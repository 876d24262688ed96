import { InputError } from '../errors.js';
import { paddedToWord } from './bytes.js';
import {
  byteOrderMagic,
  type CapturedPacket,
  type CaptureInterface,
  type CaptureSection,
  linkTypeEthernet,
  pcapngBlock,
  pcapngOption,
} from './pcapng.js';

/** An option's code and its value. */
type Option = readonly [code: number, value: Uint8Array];

const encoder = new TextEncoder();
const nanoseconds = Uint8Array.of(9);

/**
 * A whole capture as pcapng blocks, one after another: write each as it comes, so that a capture need not fit in
 * memory. Concatenated they are the file. Throws InputError for a packet of an interface that is not there.
 */
export function* pcapngBlocks(
  interfaces: readonly CaptureInterface[],
  packets: Iterable<CapturedPacket>,
  section: CaptureSection = {},
): Generator<Uint8Array, void, undefined> {
  yield sectionHeaderBlock(section);
  for (const description of interfaces) yield interfaceBlock(description);
  for (const packet of packets) {
    if (!(packet.interfaceId in interfaces)) {
      throw new InputError(
        `packet of capture interface ${packet.interfaceId}, where there are ${interfaces.length}`,
        { remedy: 'Describe every interface before its first packet; they count from 0.' },
      );
    }
    yield packetBlock(packet);
  }
}

/** Section Header Block, little-endian, of unknown section length: the first block of a file. */
export function sectionHeaderBlock(section: CaptureSection = {}): Uint8Array {
  const options = [
    ...textOption(pcapngOption.hardware, section.hardware),
    ...textOption(pcapngOption.operatingSystem, section.operatingSystem),
    ...textOption(pcapngOption.application, section.application),
    ...textOption(pcapngOption.comment, section.comment),
  ];
  return block(pcapngBlock.sectionHeader, 16, options, (view) => {
    view.setUint32(8, byteOrderMagic, true);
    view.setUint16(12, 1, true);
    view.setBigInt64(16, -1n, true);
  });
}

/** Interface Description Block with nanosecond timestamps; the n-th one after the header describes interface n. */
export function interfaceBlock(description: CaptureInterface): Uint8Array {
  const options = [
    ...textOption(pcapngOption.interfaceName, description.name),
    ...textOption(pcapngOption.interfaceDescription, description.description),
    [pcapngOption.timestampResolution, nanoseconds] as const,
  ];
  return block(pcapngBlock.interfaceDescription, 8, options, (view) => {
    view.setUint16(8, description.linkType ?? linkTypeEthernet, true);
    view.setUint32(12, description.snapLength ?? 0, true);
  });
}

/** Enhanced Packet Block. */
export function packetBlock(packet: CapturedPacket): Uint8Array {
  const { bytes, timestamp } = packet;
  const options = textOption(pcapngOption.comment, packet.comment);
  return block(pcapngBlock.enhancedPacket, 20 + paddedToWord(bytes.length), options, (view, data) => {
    view.setUint32(8, packet.interfaceId, true);
    view.setUint32(12, Number(BigInt.asUintN(32, timestamp >> 32n)), true);
    view.setUint32(16, Number(BigInt.asUintN(32, timestamp)), true);
    view.setUint32(20, bytes.length, true);
    view.setUint32(24, packet.originalLength ?? bytes.length, true);
    data.set(bytes, 28);
  });
}

function textOption(code: number, text: string | undefined): Option[] {
  if (text === undefined) return [];
  const value = encoder.encode(text);
  if (value.length > 0xffff) {
    throw new InputError(`text of ${value.length} bytes in a capture file, where at most 65535 fit`, {
      remedy: 'Shorten the comment or name.',
    });
  }
  return [[code, value]];
}

/** A block of `bodyLength` bytes of body, a multiple of 4, and its options. */
function block(
  type: number,
  bodyLength: number,
  options: readonly Option[],
  fill: (view: DataView, data: Uint8Array) => void,
): Uint8Array {
  let length = 12 + bodyLength + (options.length > 0 ? 4 : 0);
  for (const [, value] of options) length += 4 + paddedToWord(value.length);
  const data = new Uint8Array(length);
  const view = new DataView(data.buffer);
  view.setUint32(0, type, true);
  view.setUint32(4, length, true);
  fill(view, data);
  let at = 8 + bodyLength;
  for (const [code, value] of options) {
    view.setUint16(at, code, true);
    view.setUint16(at + 2, value.length, true);
    data.set(value, at + 4);
    at += 4 + paddedToWord(value.length);
  }
  view.setUint32(length - 4, length, true);
  return data;
}
