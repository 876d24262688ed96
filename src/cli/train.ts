import { Command } from 'commander';
import { writeFileAtomic } from '../atomic-file.js';
import { InputError } from '../errors.js';
import type { LearnerName } from '../learn/index.js';
import type { FieldSet } from '../scenario/field-set.js';
import { RunFolder } from '../scenario/run-folder.js';
import type { SplitName } from '../scenario/splits.js';
import { trainTool } from '../scenario/tool/train.js';
import { fieldsOption, hierarchyOption, learnerOption, levelOption, splitOption } from './learner-options.js';
import { jsonOption } from './options.js';
import { printJson, printText } from './output.js';

interface Options {
  readonly output: string;
  readonly learner: LearnerName;
  readonly hierarchy: 'kernel' | 'distribution';
  readonly level: string;
  readonly split?: SplitName;
  readonly fields: FieldSet;
  readonly json?: boolean;
}

const rawOnly = (fields: FieldSet) =>
  new InputError(
    `a tool is of raw fields, and --fields is ${fields}: it asks a machine its own few probes, not nmap's`,
    {
      remedy: 'leave --fields out; experiments, evaluate, gain and explain-model learn semantic fields',
    },
  );

export function trainCommand(): Command {
  return new Command('train')
    .description('make a fingerprinting tool of a run: a file of the few probes that it needs and the model')
    .argument('<run>', 'folder of a run')
    .requiredOption('-o, --output <file>', 'the tool, as JSON (stackbed schema tool)')
    .addOption(learnerOption())
    .addOption(hierarchyOption())
    .addOption(levelOption())
    .addOption(splitOption())
    .addOption(fieldsOption())
    .addOption(jsonOption())
    .action(async (path: string, { fields, hierarchy, json, learner, level, output, split }: Options) => {
      if (fields !== 'raw') throw rawOnly(fields);
      const tool = await trainTool(RunFolder.open(path), { learner, hierarchy, level: Number(level), split });
      await writeFileAtomic(output, `${JSON.stringify(tool)}\n`);
      const { model, probes, trained_on: trainedOn } = tool;
      const classes = new Set(model.machines.map(({ label }) => label)).size;
      const said = {
        tool: output,
        ...{ learner, hierarchy, level: Number(level) },
        probes: probes.length,
        of: trainedOn.probes,
        machines: model.machines.length,
        classes,
        right: trainedOn.right,
        ...(trainedOn.chosen !== undefined && { chosen: trainedOn.chosen }),
      };
      if (json) printJson(said);
      else
        printText(
          `${output}: ${learner}, ${hierarchy} level ${level}, ${said.machines} machines of ${classes} classes; ` +
            `${said.probes} of ${said.of} probes\n` +
            `${said.chosen === undefined ? '' : `chosen on these machines: ${said.chosen}\n`}` +
            `right about ${(100 * said.right).toFixed(1)} % of the machines that it was trained on`,
        );
    });
}
