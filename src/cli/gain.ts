import { Command, Option } from 'commander';
import { informationGain } from '../scenario/information-gain.js';
import { readLearningData } from '../scenario/learning-data.js';
import { RunFolder } from '../scenario/run-folder.js';
import { gainText } from './gain-text.js';
import { hierarchyOption, levelOption } from './learner-options.js';
import { jsonOption, wholeNumber } from './options.js';
import { printJson, printText } from './output.js';

interface Options {
  readonly hierarchy: 'kernel' | 'distribution';
  readonly level: string;
  readonly show: number;
  readonly json?: boolean;
}

export function gainCommand(): Command {
  return new Command('gain')
    .description('what fields and probes of a run tell about the labels, and the fields of most value')
    .argument('<run>', 'folder of a run')
    .addOption(hierarchyOption())
    .addOption(levelOption())
    .addOption(
      new Option('--show <number>', 'lines of each table; --json has all')
        .argParser(wholeNumber(1, 1_000_000))
        .default(10),
    )
    .addOption(jsonOption())
    .action(async (path: string, { hierarchy, json, level: text, show }: Options) => {
      const { labels, matrix } = await readLearningData(RunFolder.open(path));
      const level = Number(text);
      const names = labels(hierarchy, level);
      const counts = { machines: names.length, classes: new Set(names).size };
      const gain = { hierarchy, level, ...informationGain(matrix, names, Number.POSITIVE_INFINITY) };
      if (json) printJson({ ...counts, ...gain });
      else printText(gainText(gain, counts, show));
    });
}
