import { basename } from 'node:path';
import { Command } from 'commander';
import { collectGarbage, type Damage, type Unnamed, verifyStore } from '../../images/index.js';
import { InputError, InputErrors } from '../errors.js';
import { jsonOption } from './options.js';
import { formatBytes, printJson, printText, table } from './output.js';
import { interruptSignal } from './signals.js';

const shortName = (path: string) => basename(path).slice(0, 12);

/** Fault first, as the other errors of a file are: `image linux-5.10…: initrd is missing (<folder>)`. */
function damageError({ kind, id, path, fault }: Damage, remedy?: string): InputError {
  return new InputError(`damaged ${kind} ${id ?? shortName(path)}: ${fault} (${path})`, { remedy });
}

export function verifyCommand(): Command {
  return new Command('verify')
    .description('read the whole store again and name what is damaged; exit code 2 if anything is')
    .option('--remove', 'remove what is damaged, so that the next pull makes it anew')
    .addOption(jsonOption())
    .action(async ({ remove, json }: { remove?: boolean; json?: boolean }) => {
      const interrupt = interruptSignal();
      try {
        const removed = remove === true;
        const found = await verifyStore({ remove: removed, signal: interrupt.signal });
        const { images, packages, bytes, damaged } = found;
        const fate = removed && damaged.length > 0 ? ' and removed: the next pull makes it anew' : '';
        if (json) printJson({ ok: damaged.length === 0, ...found, removed });
        else
          printText(
            `${images} images and ${packages} packages read, ${formatBytes(bytes)}; ${damaged.length} damaged${fate}`,
          );
        if (removed) {
          for (const damage of damaged) process.stderr.write(`removed ${damageError(damage).message}\n`);
          return;
        }
        if (damaged.length === 0) return;
        const remedy = 'remove what is damaged with: stackbed images verify --remove, then pull again';
        const isLast = (at: number) => at === damaged.length - 1;
        throw new InputErrors(damaged.map((each, at) => damageError(each, isLast(at) ? remedy : undefined)));
      } finally {
        interrupt.dispose();
      }
    });
}

const describe = ({ kind, id, path, size }: Unnamed) => [kind, id ?? shortName(path), formatBytes(size)];

export function gcCommand(): Command {
  return new Command('gc')
    .description(
      "remove the images and packages that no lock file names; the store's own does not count for images that another version of Stackbed made",
    )
    .option('--dry-run', 'only tell what would be removed')
    .option('--lock <file...>', "lock files that name what to keep, beside the store's own")
    .addOption(jsonOption())
    .action(async (options: { dryRun?: boolean; lock?: string[]; json?: boolean }) => {
      const dryRun = options.dryRun === true;
      const unnamed = await collectGarbage({ dryRun, lockFiles: options.lock ?? [] });
      const bytes = unnamed.reduce((sum, { size }) => sum + size, 0);
      if (options.json) {
        printJson({ removed: !dryRun, bytes, unnamed });
        return;
      }
      const total = `${unnamed.length} not named by any lock, ${formatBytes(bytes)} ${dryRun ? 'would be freed' : 'freed'}`;
      if (unnamed.length === 0) printText(total);
      else printText(`${table(['what', 'name', 'size'], unnamed.map(describe))}\n\n${total}`);
    });
}
