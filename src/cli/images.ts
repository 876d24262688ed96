import { Command } from 'commander';
import { listStored, loadCatalog, pullImages, storedImage } from '../../images/index.js';
import { InputError } from '../errors.js';
import { applianceLines } from './images-appliance.js';
import { listCommand } from './images-list.js';
import { addCommand, probeCommand, removeCommand } from './images-own.js';
import { gcCommand, verifyCommand } from './images-store.js';
import { jsonOption } from './options.js';
import { formatBytes, printJson, printText, table } from './output.js';
import { PullLines } from './progress.js';
import { interruptSignal } from './signals.js';

/** Kernels of one kind, small to fetch and quick to boot; the whole catalogue would be gigabytes. */
async function defaultImages(): Promise<string[]> {
  const entries = (await loadCatalog()).entries();
  return entries
    .filter(({ flavour, architecture, netem }) => flavour === 'cloud' && architecture === 'amd64' && !netem)
    .map(({ id }) => id);
}

function pullCommand(): Command {
  return new Command('pull')
    .description('fetch and build images into the store; nothing is installed')
    .argument('[image...]', 'catalogue ids (default: every series for amd64, flavour cloud)')
    .option('--update', 'resolve anew what the lock file pins')
    .option('--lock <file>', 'lock file that pins packages and digests')
    .addOption(jsonOption())
    .action(async (ids: string[], options: { update?: boolean; lock?: string; json?: boolean }) => {
      const wanted = ids.length > 0 ? ids : await defaultImages();
      const interrupt = interruptSignal();
      const pulls = new PullLines();
      try {
        const images = await pullImages(wanted, {
          signal: interrupt.signal,
          update: options.update === true,
          ...(options.lock !== undefined && { lockFile: options.lock }),
          onProgress: (progress) => {
            const line = pulls.line(progress);
            if (line !== undefined) process.stderr.write(`${line}\n`);
          },
        });
        if (options.json) printJson([...images.values()]);
        else
          printText(
            table(
              ['image', 'is', 'digest'],
              [...images].map(([id, image]) => [id, image.id, image.digest.slice(0, 12)]),
            ),
          );
      } finally {
        interrupt.dispose();
      }
    });
}

function showCommand(): Command {
  return new Command('show')
    .description('everything that is known of an image')
    .argument('<image>', 'catalogue id')
    .addOption(jsonOption())
    .action(async (id: string, { json }: { json?: boolean }) => {
      const catalog = await loadCatalog();
      const entry = catalog.find(id);
      if (!entry)
        throw new InputError(
          `the catalogue has no image "${id}"; did you mean ${catalog.nearest(id).join(', ')}?`,
        );
      const image = await storedImage(id);
      const size = (await listStored()).find((stored) => stored.digest === image?.digest)?.size;
      const shown = { ...entry, stored: image ? { ...image, bytes: size ?? null } : null };
      if (json) {
        printJson(shown);
        return;
      }
      const lines: (string | number)[][] = [
        ['id', entry.id],
        ['also', entry.aliases.join(', ')],
        ['suites', entry.suites.join(', ')],
        ['architecture', entry.architecture],
        ['answers', entry.answers.join(', ')],
        ...(entry.note === undefined ? [] : [['note', entry.note.trim()]]),
        ['in the store', image ? `${image.id}, ${size === undefined ? '' : formatBytes(size)}` : 'no'],
      ];
      if (image?.appliance) lines.push(...applianceLines(image.appliance));
      if (image)
        lines.push(
          ['kernel release', image.release],
          ['digest', image.digest],
          ['kernel labels', image.labels.kernel.join(' > ')],
          ['distribution labels', image.labels.distribution.join(' > ')],
          ['NICs', image.nics.join(', ')],
        );
      const known = lines.filter(([, value]) => value !== '');
      printText(known.map(([name, value]) => `${String(name).padEnd(20)} ${value}`).join('\n'));
    });
}

export function imagesCommand(): Command {
  return new Command('images')
    .description('the catalogue of what can be booted')
    .addCommand(listCommand())
    .addCommand(pullCommand())
    .addCommand(showCommand())
    .addCommand(addCommand())
    .addCommand(probeCommand())
    .addCommand(removeCommand())
    .addCommand(verifyCommand())
    .addCommand(gcCommand());
}
