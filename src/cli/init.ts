import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { Command, Option } from 'commander';
import { writeFileAtomic } from '../atomic-file.js';
import { InputError } from '../errors.js';
import { packageRoot } from '../package-root.js';
import { jsonOption } from './options.js';
import { printJson, printText } from './output.js';

const folder = join(packageRoot, 'scenarios', 'templates');

/** Names of the templates: those of their files. */
export function templateNames(): string[] {
  return readdirSync(folder)
    .map((file) => basename(file, '.yaml'))
    .sort();
}

/** A template with the names that it is to have in `file`. */
export function fromTemplate(template: string, file: string): string {
  const schema = relative(dirname(resolve(file)), join(packageRoot, 'schema', 'scenario.schema.json'));
  const text = readFileSync(join(folder, `${template}.yaml`), 'utf8');
  return text.replaceAll('SCHEMA', schema).replaceAll('NAME', file);
}

export function initCommand(): Command {
  return new Command('init')
    .description('write a scenario to begin with, with comments and completion in editors')
    .argument('[file]', 'where to', 'my.scenario.yaml')
    .addOption(
      new Option('--template <name>', 'what to begin with').choices(templateNames()).default('accuracy'),
    )
    .option('--force', 'overwrite a file that is there')
    .addOption(jsonOption())
    .action(async (file: string, options: { template: string; force?: boolean; json?: boolean }) => {
      if (existsSync(file) && !options.force)
        throw new InputError(`${file} is there already`, {
          remedy: 'give another name, or --force to overwrite it',
        });
      if (!existsSync(dirname(resolve(file))))
        throw new InputError(`there is no folder ${dirname(file)}`, { remedy: 'make it first' });
      await writeFileAtomic(resolve(file), fromTemplate(options.template, file));
      if (options.json) printJson({ file, template: options.template });
      else
        printText(
          [
            `${file}: begun from the template "${options.template}". Next:`,
            `  stackbed validate ${file}    # after each change`,
            `  stackbed plan ${file}        # what would be booted, and for how long`,
            `  stackbed run ${file}`,
          ].join('\n'),
        );
    });
}
