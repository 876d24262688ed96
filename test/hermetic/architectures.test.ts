import { expect, test } from 'vitest';
import { survey } from '../../src/probe/survey.js';
import { findEmulators } from '../../testbed/drivers/qemu/platform.js';
import { withMachine } from '../support/bed.js';

const emulators = await findEmulators();

/** One kernel an architecture beside amd64; the last is much to fetch. */
const images = [
  { image: 'linux-6.1-arm64', architecture: 'arm64' },
  { image: 'linux-6.1-i386', architecture: 'i386' },
  { image: 'linux-7.2+deb14-riscv64', architecture: 'riscv64', isCostly: true },
];

for (const { image, architecture, isCostly } of images) {
  const missing = emulators.find((each) => each.architecture === architecture)?.path === undefined;
  const skipped = missing || (isCostly === true && !process.env.STACKBED_TEST_ALL);
  test.skipIf(skipped)(`${image} answers as Linux does on any processor`, { timeout: 240_000 }, async () => {
    await withMachine(image, {}, async ({ prober, control }) => {
      const found = await survey({ prober, control, open: 22, closed: 81, timeoutMs: 1000 });
      expect(found).toMatchObject({
        ...{ arp: true, ping: true, synOpen: 'syn-ack', synClosed: 'rst', udpClosed: 'icmp' },
        ...{ source: 'syn-open', ttl: 64, df: true, window: 65_160, mss: 1460 },
        options: expect.stringMatching(/^M1460,S,T,N,W\d$/),
      });
    });
  });
}
