import { Command } from 'commander';
import { collectGarbage, type Damage, type Unnamed, verifyStore } from '../../images/index.js';
import { InputError, InputErrors } from '../errors.js';
import { jsonOption } from './options.js';
import { formatBytes, printJson, printText, table } from './output.js';
import { interruptSignal } from './signals.js';

const shortName = (name: string) => name.replace(/^.*\//, '').slice(0, 12);

function damageError({ kind, id, path, fault }: Damage): InputError {
  return new InputError(`${kind} ${id === undefined ? '' : `${id} `}is damaged: ${fault} (${path})`);
}

export function verifyCommand(): Command {
  return new Command('verify')
    .description('read the whole store again and name what is damaged; exit code 2 if anything is')
    .option('--remove', 'remove what is damaged, so that the next pull makes it anew')
    .addOption(jsonOption())
    .action(async ({ remove, json }: { remove?: boolean; json?: boolean }) => {
      const interrupt = interruptSignal();
      try {
        const { images, packages, damaged } = await verifyStore({
          remove: remove === true,
          signal: interrupt.signal,
        });
        if (json)
          printJson({ ok: damaged.length === 0, images, packages, damaged, removed: remove === true });
        else
          printText(
            `${images} images and ${packages} packages read, ${damaged.length} damaged${remove && damaged.length > 0 ? ' and removed' : ''}`,
          );
        if (remove) {
          for (const damage of damaged) process.stderr.write(`removed: ${damageError(damage).message}\n`);
          return;
        }
        const errors = damaged.map(damageError);
        const [first, ...others] = errors;
        if (!first) return;
        const remedy = 'remove what is damaged with: stackbed images verify --remove, then pull again';
        throw new InputErrors([...others.reverse(), new InputError(first.message, { remedy })]);
      } finally {
        interrupt.dispose();
      }
    });
}

const describe = ({ kind, id, path, size }: Unnamed) => [kind, id ?? shortName(path), formatBytes(size)];

export function gcCommand(): Command {
  return new Command('gc')
    .description('remove the images and packages that no lock file names')
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
