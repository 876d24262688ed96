import { udpFrame } from '../packet/build.js';
import { emitFrame } from '../packet/frame.js';
import { addressing } from './addressing.js';
import type { Datagram, WireService } from './service.js';

/** Operations of TFTP (RFC 1350 section 5; OACK: RFC 2347). */
const operation = { readRequest: 1, data: 3, acknowledgment: 4, error: 5, optionAcknowledgment: 6 } as const;
/** Error codes of RFC 1350. */
const errorCode = { notDefined: 0, fileNotFound: 1 } as const;

const defaultBlock = 512;
/** RFC 2348 has it from 8 bytes; the largest is what the wire bears without fragments. */
const blockSizes = { smallest: 8, largest: 1428 } as const;

interface Transfer {
  readonly file: Uint8Array;
  readonly blockSize: number;
}

function message(code: number, ...parts: readonly (number | string | Uint8Array)[]): Buffer {
  const bytes = (part: number | string | Uint8Array) =>
    typeof part === 'number'
      ? Buffer.from([part >> 8, part & 0xff])
      : typeof part === 'string'
        ? Buffer.from(`${part}\0`, 'latin1')
        : part;
  return Buffer.concat([bytes(code), ...parts.map(bytes)]);
}

/**
 * A read-only TFTP server for the one machine of a wire (RFC 1350, with the options `blksize` and `tsize`). It answers
 * from its well-known port, and never on its own: the wire loses nothing, and a client that misses a block asks again. Files have at most 65,535 blocks.
 */
export class TftpServer implements WireService {
  readonly port = 69;
  /** By the client's port. */
  private readonly transfers = new Map<number, Transfer>();

  /** @param files by the name they are asked for; a leading slash counts for nothing */
  constructor(private readonly files: ReadonlyMap<string, Uint8Array>) {}

  take({ ipv4, udp, payload, sourceMac }: Datagram, send: (frame: Uint8Array) => void): void {
    const reply = this.reply(Buffer.from(payload), udp.sourcePort);
    if (!reply) return;
    send(
      emitFrame(
        udpFrame({
          ethernet: { source: addressing.proberMac, destination: sourceMac },
          ipv4: { source: ipv4.destination, destination: ipv4.source },
          udp: { sourcePort: this.port, destinationPort: udp.sourcePort },
          payload: reply,
        }),
      ),
    );
  }

  private reply(request: Buffer, client: number): Buffer | undefined {
    if (request.length < 4) return undefined;
    switch (request.readUInt16BE(0)) {
      case operation.readRequest:
        return this.begin(request.toString('latin1', 2).split('\0'), client);
      case operation.acknowledgment: {
        const transfer = this.transfers.get(client);
        return transfer && this.block(transfer, client, request.readUInt16BE(2) + 1);
      }
      case operation.error:
        this.transfers.delete(client);
        return undefined;
      default:
        return message(operation.error, errorCode.notDefined, 'files can only be read here');
    }
  }

  /** @param words file, mode, and names of options with their values */
  private begin([name = '', , ...words]: readonly string[], client: number): Buffer | undefined {
    const file = this.files.get(name.replace(/^\/+/, ''));
    if (!file) return message(operation.error, errorCode.fileNotFound, 'no such file');
    const options = new Map<string, string>();
    for (let at = 0; at + 1 < words.length; at += 2) options.set(words[at]!.toLowerCase(), words[at + 1]!);
    const accepted: string[] = [];
    const wanted = Number(options.get('blksize'));
    const blockSize = wanted >= blockSizes.smallest ? Math.min(wanted, blockSizes.largest) : defaultBlock;
    if (wanted >= blockSizes.smallest) accepted.push('blksize', String(blockSize));
    if (options.has('tsize')) accepted.push('tsize', String(file.length));
    const transfer = { file, blockSize };
    this.transfers.set(client, transfer);
    return accepted.length > 0
      ? message(operation.optionAcknowledgment, ...accepted)
      : this.block(transfer, client, 1);
  }

  /** Block `number`, from 1; the one behind the last ends the transfer. */
  private block({ file, blockSize }: Transfer, client: number, number: number): Buffer | undefined {
    const start = (number - 1) * blockSize;
    if (start > file.length) {
      this.transfers.delete(client);
      return undefined;
    }
    return message(operation.data, number & 0xffff, file.subarray(start, start + blockSize));
  }
}
