import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { obtainTool } from '../../images/index.js';
import { CapabilityError } from '../../src/errors.js';
import { pcapngBlocks } from '../../src/packet/pcapng-writer.js';
import type { Lease } from '../lease/lease.js';

export interface P0fOptions {
  readonly lease: Lease;
  /** A SYN and the answers to it. */
  readonly frames: readonly Uint8Array[];
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * What p0f, unpacked from Debian's package, reads from a capture of a handshake about the machine that answered;
 * undefined where it knows none.
 *
 * @throws CapabilityError with what it said when it fails
 */
export async function runP0f({ lease, frames, timeoutMs, signal }: P0fOptions): Promise<string | undefined> {
  const { bin, lib, share } = await obtainTool('p0f', signal ? { signal } : {});
  const folder = await mkdtemp(join(tmpdir(), 'stackbed-p0f-'));
  try {
    const [capture, log] = [join(folder, 'handshake.pcapng'), join(folder, 'log')];
    const packets = frames.map((bytes, index) => ({
      ...{ interfaceId: 0, timestamp: BigInt(index) * 1_000_000n, bytes },
    }));
    const interfaces = [{ name: 'prober' }];
    await writeFile(capture, Buffer.concat([...pcapngBlocks(interfaces, packets)]));
    const { failed, stdout, stderr, shortMessage } = await execa(
      join(bin, 'p0f'),
      ['-f', join(share, 'p0f.fp'), '-r', capture, '-o', log],
      {
        reject: false,
        env: { ...lease.environment(), LD_LIBRARY_PATH: lib },
        ...{ stdin: 'ignore', timeout: timeoutMs },
        ...(signal && { cancelSignal: signal }),
      },
    );
    if (failed)
      throw new CapabilityError(
        `p0f failed: ${`${stdout}\n${stderr}`.trim().split('\n').at(-1) || shortMessage}`,
      );
    const said = (await readFile(log, 'utf8')).split('\n').find((line) => line.includes('mod=syn+ack|'));
    const os = /\|os=([^|]*)/.exec(said ?? '')?.[1];
    return os === undefined || os === '???' ? undefined : os;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
