import { execa } from 'execa';
import { expect, test } from 'vitest';
import { decodeFrame } from '../../src/packet/frame.js';
import { ipv4Flag } from '../../src/packet/ipv4.js';
import { parseTcpFlags } from '../../src/packet/tcp-flags.js';
import { formatTcpOptions } from '../../src/packet/tcp-options-text.js';
import { collect } from '../../src/probe/collector.js';
import { findProgram } from '../../testbed/program.js';
import { withMachine } from '../support/bed.js';
import { syn } from '../support/syn.js';

interface Expected {
  readonly image: string;
  /** A program without which it is skipped. */
  readonly compiler?: string;
  readonly namespaces?: boolean;
  /** Only tested when STACKBED_TEST_ALL is set: much to fetch, and like another one. */
  readonly isCostly?: boolean;
  readonly ttl: number;
  readonly df: number;
  readonly window: number;
  readonly options: string;
}

/** SYN-ACKs of stacks that are programs: they differ in every field that fingerprints rest on. */
const costly = { isCostly: true };
const dontFragment = ipv4Flag.dontFragment;
const stacks: readonly Expected[] = [
  { image: 'lwip-2.1.3', compiler: 'gcc', ttl: 255, df: 0, window: 65_535, options: 'M1460,N,W1' },
  { image: 'gondolin-0.5.0', ttl: 64, df: 0, window: 65_535, options: '' },
  { image: 'labrea-2.5', compiler: 'gcc', ttl: 64, df: 0, window: 10, options: '' },
  { image: 'libslirp-4.7', compiler: 'gcc', ttl: 64, df: 0, window: 65_535, options: 'M1460' },
  { image: 'mongoose-7.23', compiler: 'gcc', ttl: 64, df: dontFragment, window: 6000, options: 'M1460' },
  { image: 'ns3-3.37', compiler: 'g++', ttl: 64, df: 0, window: 65_535, options: 'T,W2,S,E' },
  { image: 'ns3-3.43', ...costly, compiler: 'g++', ttl: 64, df: 0, window: 65_535, options: 'T,W2,S,E' },
  { image: 'ns3-3.48', ...costly, compiler: 'g++', ttl: 64, df: 0, window: 65_535, options: 'T,W2,S,E' },
  {
    ...{ image: 'passt-2023', compiler: 'gcc', namespaces: true },
    ...{ ttl: 255, df: 0, window: 65_535, options: 'M1460,N,W8' },
  },
  ...['passt-2025', 'passt-2026'].map((image) => ({
    ...{ image, ...(image === 'passt-2026' && costly), compiler: 'gcc', namespaces: true },
    ...{ ttl: 255, df: dontFragment, window: 65_535, options: 'M1460,N,W8' },
  })),
  { image: 'slirp-1.0.17', compiler: 'gcc', ttl: 64, df: 0, window: 8192, options: 'M1460' },
  // As large as the window of the one who asks.
  { image: 'v86-0.5.462', ttl: 32, df: dontFragment, window: 64_240, options: 'M1460' },
  { image: 'uml-6.1', ttl: 64, df: dontFragment, window: 65_160, options: 'M1460,S,T,N,W5' },
];

const hasNamespaces = !(await execa('unshare', ['--user', '--net', 'true'], { reject: false })).failed;

const testsAll = Boolean(process.env.STACKBED_TEST_ALL);

for (const { image, compiler, namespaces, isCostly, ttl, df, window, options } of stacks) {
  const missing =
    (compiler !== undefined && (await findProgram(compiler)) === undefined) ||
    (namespaces === true && !hasNamespaces) ||
    (isCostly === true && !testsAll);
  test.skipIf(missing)(`${image} answers as itself`, { timeout: 240_000 }, async () => {
    await withMachine(image, {}, async (booted) => {
      const answers: Uint8Array[] = [];
      const { prober, link, control } = booted;
      const collection = await collect({
        ...{ prober, link, control, frames: [syn(22), syn(81)], copies: 1, closedPort: 81 },
        ...{ reset: true, window: 64, timeoutMs: 10_000 },
        onResponse: (index, _copy, frame) => {
          answers[index] = frame.slice();
          return true;
        },
      });
      expect(collection).toMatchObject({ sent: 2, received: 2, unmatched: 0 });
      const open = decodeFrame(answers[0]!);
      expect(open.tcp).toMatchObject({ flags: parseTcpFlags('SA'), window, acknowledgment: 2 });
      expect(open.ipv4).toMatchObject({ ttl, flags: df });
      expect(formatTcpOptions(open.tcp!.options)).toBe(options);
      expect(decodeFrame(answers[1]!).tcp!.flags & parseTcpFlags('R')).not.toBe(0);
    });
  });
}
