import { Command } from 'commander';
import { type DiskUse, diskUse, type Offer, type OfferedImage, offeredImages } from '../../images/index.js';
import { jsonOption } from './options.js';
import { formatBytes, printJson, printText, table } from './output.js';
import { PullLines } from './progress.js';
import { interruptSignal } from './signals.js';

const distinct = <T>(values: readonly (T | null)[]) => new Set(values.filter((value) => value !== null)).size;

/** How much can be pulled; what the archive no longer holds does not count. */
function countsOf({ images, gone }: Offer) {
  const pullable = images.filter(({ held }) => held !== false);
  const linux = pullable.filter(({ kind }) => kind === 'linux');
  const stacks = pullable.filter(({ kind }) => kind === 'stack');
  return {
    linux: linux.length,
    series: distinct(linux.map(({ series }) => series)),
    flavours: distinct(linux.map(({ flavour }) => flavour)),
    architectures: distinct(linux.map(({ architecture }) => architecture)),
    stacks: stacks.length,
    stack_families: distinct(stacks.map(({ labels }) => labels.kernel[0])),
    own: images.filter(({ kind }) => kind === 'own').length,
    stored: images.filter(({ stored }) => stored !== null).length,
    gone: gone.length,
  };
}

const size = ({ size }: OfferedImage) => (size === null ? '-' : formatBytes(size));
const stored = ({ stored }: OfferedImage) => (stored === null ? '-' : formatBytes(stored.bytes));

/** One line an image. */
function everyImage({ images }: Offer): string {
  return table(
    ['image', 'suite', 'to fetch', 'in the store'],
    images.map((image) => [image.id, image.suite, size(image), stored(image)]),
  );
}

/** One line an entry of the catalogue: its newest image, and how many there are. */
function everyEntry({ images }: Offer): string {
  const entries = new Map<string, OfferedImage[]>();
  for (const image of images) entries.set(image.entry, [...(entries.get(image.entry) ?? []), image]);
  const rows = [...entries].map(([entry, of]) => {
    const here = of.filter((image) => image.stored !== null);
    const bytes = here.reduce((sum, image) => sum + image.stored!.bytes, 0);
    const newest = of[0]!;
    const version = newest.labels.kernel[2];
    return [
      entry,
      version,
      of.length,
      size(newest),
      here.length === 0 ? '-' : `${here.length}, ${formatBytes(bytes)}`,
    ];
  });
  return table(['entry', 'newest', 'images', 'to fetch', 'in the store'], rows);
}

const plural = (count: number, word: string) => `${count} ${word}${count === 1 ? '' : 's'}`;

function footer(offer: Offer, use: DiskUse): string[] {
  const { linux, series, flavours, architectures, stacks, stack_families, own, gone } = countsOf(offer);
  const added = own > 0 ? `; ${own} of your own` : '';
  const lost = gone > 0 ? `; ${gone} more are listed by the archive, which no longer holds them` : '';
  const age =
    offer.readAt === null
      ? []
      : [`package index of ${new Date(offer.readAt).toISOString().slice(0, 16).replace('T', ' ')} UTC`];
  return [
    `${plural(linux, 'Linux image')} of ${series} series, ${plural(flavours, 'flavour')} and ` +
      `${plural(architectures, 'architecture')}; ${plural(stacks, 'other stack')} of ${plural(stack_families, 'kind')}${added}${lost}`,
    ...age,
    ...offer.unavailable.map(({ entry, reason }) => `${entry} cannot be had: ${reason.split('\n')[0]}`),
    ...offer.notes.map((note) => `note: ${note}`),
    `${use.folder}: ${plural(use.images.count, 'image')}, ${formatBytes(use.images.bytes)}; ${plural(use.packages.count, 'package')}, ` +
      `${formatBytes(use.packages.bytes)}; other files, ${formatBytes(use.others)}; ${formatBytes(use.free)} free on the disk`,
  ];
}

export function listCommand(): Command {
  return new Command('list')
    .description('what can be pulled, and what of it is in the store; reads the package index, once a day')
    .option('--all', 'every image: each point release of each kernel')
    .option('--offline', 'ask nobody: what was known last')
    .addOption(jsonOption())
    .action(async ({ all, offline, json }: { all?: boolean; offline?: boolean; json?: boolean }) => {
      const interrupt = interruptSignal();
      const pulls = new PullLines();
      try {
        const offer = await offeredImages({
          offline: offline === true,
          signal: interrupt.signal,
          onProgress: (progress) => {
            const line = progress.kind === 'suite-unavailable' ? undefined : pulls.line(progress);
            if (line !== undefined) process.stderr.write(`${line}\n`);
          },
        });
        const use = await diskUse();
        if (json) {
          const { readAt, notes, unavailable, gone, images } = offer;
          const index = { read_at: readAt === null ? null : new Date(readAt).toISOString(), notes };
          printJson({ counts: countsOf(offer), index, store: use, images, gone, unavailable });
          return;
        }
        printText([all ? everyImage(offer) : everyEntry(offer), '', ...footer(offer, use)].join('\n'));
      } finally {
        interrupt.dispose();
      }
    });
}
