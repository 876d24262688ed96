import { expect, test } from 'vitest';
import { loadCatalog } from '../../images/index.js';
import { type Survey, survey } from '../../src/probe/survey.js';
import { findProgram } from '../../testbed/program.js';
import { withMachine } from '../support/bed.js';

const pingOnly: Partial<Survey> = {
  ...{ arp: true, ping: true, synOpen: 'silence', synClosed: 'silence', udpClosed: 'silence' },
  ...{ source: 'ping', window: undefined, options: undefined },
};

/** What every version of a stack was seen to answer, and the versions; the first alone is tested by default. */
const stacks: readonly { images: readonly string[]; needs: string; seen: Partial<Survey> }[] = [
  {
    images: ['edk2-2025.02', 'edk2-2020.11', 'edk2-2022.11', 'edk2-2026.08'],
    needs: 'gcc',
    seen: {
      ...{ arp: true, ping: true, synOpen: 'syn-ack', synClosed: 'rst', udpClosed: 'silence' },
      ...{ source: 'syn-open', ttl: 255, df: false, window: 32_768, mss: 1460, windowScale: 6 },
      options: 'M1460,N,W6,N,N,T',
    },
  },
  {
    images: ['lpxelinux-6.04'],
    needs: 'qemu-system-x86_64',
    seen: {
      ...{ arp: true, ping: true, synOpen: 'rst', synClosed: 'rst', udpClosed: 'icmp' },
      ...{ source: 'syn-open', ttl: 255, df: false, window: 64_000, options: undefined },
    },
  },
  ...[
    { images: ['ipxe-2.0', 'ipxe-2019', 'ipxe-2025'], ttl: 64 },
    { images: ['u-boot-2025.01', 'u-boot-2021.01', 'u-boot-2023.01', 'u-boot-2026.10'], ttl: 64 },
    { images: ['grub-2.14', 'grub-2.06', 'grub-2.12'], ttl: 255 },
  ].map(({ images, ttl }) => ({
    images,
    needs: 'qemu-system-x86_64',
    seen: { ...pingOnly, ttl },
  })),
];

for (const { images, needs, seen } of stacks) {
  const missing = (await findProgram(needs)) === undefined;
  for (const [index, image] of images.entries()) {
    const isCostly = index > 0 && !process.env.STACKBED_TEST_ALL;
    test.skipIf(missing || isCostly)(`${image} answers as itself`, { timeout: 240_000 }, async () => {
      await withMachine(image, {}, async ({ prober, control }) => {
        const found = await survey({ prober, control, open: 22, closed: 81, timeoutMs: 400 });
        expect(found).toMatchObject(seen);
      });
    });
  }
}

test('the catalogue says of each what it was seen to answer', async () => {
  const catalog = await loadCatalog();
  for (const { images, seen } of stacks) {
    const answers = [
      ...['arp', 'ping'],
      ...(seen.synOpen === 'syn-ack' ? ['syn-open'] : []),
      ...(seen.synClosed === 'rst' ? ['syn-closed'] : []),
      ...(seen.udpClosed === 'icmp' ? ['udp-closed'] : []),
    ];
    for (const image of images) expect(catalog.find(image)?.stack?.answers, image).toEqual(answers);
  }
});
