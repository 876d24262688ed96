import { Command } from 'commander';
import { InputError, InputErrors } from '../errors.js';
import { readScenario } from '../scenario/read.js';
import { checkRunnable } from '../scenario/run.js';
import { jsonOption } from './options.js';
import { printJson, printText } from './output.js';

export function validateCommand(): Command {
  return new Command('validate')
    .description('check scenario files without running them')
    .argument('<scenario...>', '.scenario.yaml files')
    .addOption(jsonOption())
    .action(async (files: string[], { json }: { json?: boolean }) => {
      const faults: InputError[] = [];
      for (const file of files) {
        try {
          const read = await readScenario(file);
          const machines = await checkRunnable(read);
          const { length } = read.scenario.conditions;
          const under = length > 0 ? ` under ${length} conditions` : '';
          if (!json) printText(`${file}: valid, ${machines.length} machines${under}`);
        } catch (error) {
          if (error instanceof InputErrors) faults.push(...error.errors);
          else if (error instanceof InputError) faults.push(error);
          else throw error;
        }
      }
      if (json)
        printJson({
          valid: faults.length === 0,
          errors: faults.map(({ message, place, remedy }) => ({ message, ...place, remedy })),
        });
      if (faults.length > 0) throw new InputErrors(faults);
    });
}
