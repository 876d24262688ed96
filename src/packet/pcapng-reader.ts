import { InputError } from '../errors.js';
import { paddedToWord } from './bytes.js';
import {
  byteOrderMagic,
  type CapturedPacket,
  type CaptureInterface,
  type CaptureSection,
  pcapngBlock,
  pcapngOption,
} from './pcapng.js';

/** A packet as read, with the interface and section it belongs to. */
export interface ReadPacket extends CapturedPacket {
  readonly interface: CaptureInterface;
  readonly section: CaptureSection;
}

interface KnownInterface {
  readonly description: CaptureInterface;
  /** Nanoseconds of a timestamp. */
  readonly toNanoseconds: (timestamp: bigint) => bigint;
}

/** One block; places count in `view`, which spans the whole file. */
interface Block {
  readonly type: number;
  readonly at: number;
  /** Where the trailing length stands. */
  readonly end: number;
}

const decoder = new TextDecoder();

/**
 * The packets of a pcapng file of either byte order, one or several sections, in file order: enhanced and simple
 * packet blocks (the latter carry no time: 0). Blocks of other types are skipped. `bytes` of a packet is a view
 * of the file. Throws InputError, naming `file` and the offset, where the file breaks the format or is cut off.
 */
export function* readPcapng(file: Uint8Array, name = 'capture'): Generator<ReadPacket, void, undefined> {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const fail = (at: number, found: string) =>
    new InputError(`${name}: not a whole pcapng file: ${found} at byte ${at}`, {
      remedy: 'Check it with capinfos, or capture it again.',
    });
  let little = true;
  let section: CaptureSection = {};
  let interfaces: KnownInterface[] = [];

  function readBlock(at: number): Block {
    if (file.length - at < 12) throw fail(at, `${file.length - at} bytes where a block should start`);
    const isHeader = view.getUint32(at, true) === pcapngBlock.sectionHeader;
    if (at === 0 && !isHeader) throw fail(at, 'no section header');
    if (isHeader) {
      little = view.getUint32(at + 8, true) === byteOrderMagic;
      if (!little && view.getUint32(at + 8) !== byteOrderMagic) throw fail(at + 8, 'no byte-order magic');
    }
    const length = view.getUint32(at + 4, little);
    if (length < 12 || length % 4 !== 0 || length > file.length - at) {
      throw fail(at + 4, `a block length of ${length} with ${file.length - at} bytes left`);
    }
    const end = at + length - 4;
    if (view.getUint32(end, little) !== length) throw fail(end, 'a trailing length unlike the leading one');
    return { type: view.getUint32(at, little), at, end };
  }

  /** First byte after a block's fixed part of `length` bytes. */
  function body(block: Block, length: number): number {
    if (block.end - block.at - 8 < length)
      throw fail(block.at, `a type ${block.type} block that is too short`);
    return block.at + 8 + length;
  }

  function readOptions(at: number, end: number): Map<number, Uint8Array> {
    const options = new Map<number, Uint8Array>();
    let next = at;
    while (end - next >= 4) {
      const code = view.getUint16(next, little);
      const length = view.getUint16(next + 2, little);
      if (code === pcapngOption.end) break;
      if (length > end - next - 4) throw fail(next, `an option of ${length} bytes that leaves its block`);
      if (!options.has(code)) options.set(code, file.subarray(next + 4, next + 4 + length));
      next += 4 + paddedToWord(length);
    }
    return options;
  }

  function readInterface(block: Block): KnownInterface {
    const options = readOptions(body(block, 8), block.end);
    const resolution = options.get(pcapngOption.timestampResolution)?.[0] ?? 6;
    const offset = options.get(pcapngOption.timestampOffset);
    const seconds = offset?.length === 8 ? dataView(offset).getBigInt64(0, little) : 0n;
    const unitsPerSecond = resolution & 0x80 ? 2n ** BigInt(resolution & 0x7f) : 10n ** BigInt(resolution);
    return {
      description: {
        name: text(options, pcapngOption.interfaceName),
        description: text(options, pcapngOption.interfaceDescription),
        linkType: view.getUint16(block.at + 8, little),
        snapLength: view.getUint32(block.at + 12, little),
      },
      toNanoseconds: (timestamp) => (timestamp * 1_000_000_000n) / unitsPerSecond + seconds * 1_000_000_000n,
    };
  }

  function readPacket(block: Block): ReadPacket {
    const enhanced = block.type === pcapngBlock.enhancedPacket;
    const dataAt = body(block, enhanced ? 20 : 4);
    const interfaceId = enhanced ? view.getUint32(block.at + 8, little) : 0;
    const known = interfaces[interfaceId];
    if (!known) throw fail(block.at, `a packet of undescribed interface ${interfaceId}`);
    const originalLength = view.getUint32(block.at + (enhanced ? 24 : 8), little);
    const snapLength = known.description.snapLength || originalLength;
    const length = enhanced ? view.getUint32(block.at + 20, little) : Math.min(originalLength, snapLength);
    if (length > block.end - dataAt)
      throw fail(block.at, `a packet of ${length} bytes that leaves its block`);
    const high = enhanced ? BigInt(view.getUint32(block.at + 12, little)) : 0n;
    const low = enhanced ? BigInt(view.getUint32(block.at + 16, little)) : 0n;
    const options = enhanced ? readOptions(dataAt + paddedToWord(length), block.end) : undefined;
    return {
      interfaceId,
      interface: known.description,
      section,
      timestamp: enhanced ? known.toNanoseconds((high << 32n) | low) : 0n,
      bytes: file.subarray(dataAt, dataAt + length),
      originalLength,
      comment: options && text(options, pcapngOption.comment),
    };
  }

  let at = 0;
  do {
    const block = readBlock(at);
    if (block.type === pcapngBlock.sectionHeader) {
      const options = readOptions(body(block, 16), block.end);
      section = {
        hardware: text(options, pcapngOption.hardware),
        operatingSystem: text(options, pcapngOption.operatingSystem),
        application: text(options, pcapngOption.application),
        comment: text(options, pcapngOption.comment),
      };
      interfaces = [];
    } else if (block.type === pcapngBlock.interfaceDescription) {
      interfaces.push(readInterface(block));
    } else if (block.type === pcapngBlock.enhancedPacket || block.type === pcapngBlock.simplePacket) {
      yield readPacket(block);
    }
    at = block.end + 4;
  } while (at < file.length);
}

function text(options: Map<number, Uint8Array>, code: number): string | undefined {
  const value = options.get(code);
  return value && decoder.decode(value);
}

function dataView(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
