import { Command, Option } from 'commander';
import type { FieldSet } from '../scenario/field-set.js';
import { informationGain } from '../scenario/information-gain.js';
import { readLearningData } from '../scenario/learning-data.js';
import { RunFolder } from '../scenario/run-folder.js';
import { gainText } from './gain-text.js';
import { fieldsOption, hierarchyOption, levelOption } from './learner-options.js';
import { jsonOption, wholeNumber } from './options.js';
import { printJson, printText } from './output.js';

interface Options {
  readonly hierarchy: 'kernel' | 'distribution';
  readonly level: string;
  readonly fields: FieldSet;
  readonly show: number;
  readonly json?: boolean;
}

export function gainCommand(): Command {
  return new Command('gain')
    .description('what fields and probes of a run tell about the labels, and the fields of most value')
    .argument('<run>', 'folder of a run')
    .addOption(hierarchyOption())
    .addOption(levelOption())
    .addOption(fieldsOption())
    .addOption(
      new Option('--show <number>', 'lines of each table; --json has all')
        .argParser(wholeNumber(1, 1_000_000))
        .default(10),
    )
    .addOption(jsonOption())
    .action(async (path: string, { fields, hierarchy, json, level: text, show }: Options) => {
      const { labels, matrix } = await readLearningData(RunFolder.open(path), fields);
      const level = Number(text);
      const names = labels(hierarchy, level);
      const counts = { machines: names.length, classes: new Set(names).size };
      const gain = { hierarchy, level, ...informationGain(matrix, names, Number.POSITIVE_INFINITY) };
      if (json) printJson({ ...counts, ...gain });
      else printText(gainText(gain, counts, show));
    });
}
