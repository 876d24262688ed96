import { Command } from 'commander';
import { writeFileAtomic } from '../atomic-file.js';
import { arffLines } from '../dataset/arff.js';
import { rawColumns, readLearningData } from '../scenario/learning-data.js';
import { RunFolder } from '../scenario/run-folder.js';
import { hierarchyOption, levelOption } from './learner-options.js';
import { printText } from './output.js';

interface Options {
  readonly arff: string;
  readonly hierarchy: 'kernel' | 'distribution';
  readonly level: string;
}

export function exportCommand(): Command {
  return new Command('export')
    .description(
      "write a run's dataset for other tools: a row a machine, a column a (probe, field) that tells any apart",
    )
    .argument('<run>', 'folder of a run')
    .requiredOption('--arff <file>', "Weka's format, the label last")
    .addOption(hierarchyOption())
    .addOption(levelOption())
    .action(async (path: string, { arff, hierarchy, level }: Options) => {
      const data = await readLearningData(RunFolder.open(path));
      const columns = rawColumns(data.matrix);
      const label = { name: `${hierarchy}-${level}`, values: data.labels(hierarchy, Number(level)) };
      await writeFileAtomic(arff, [...arffLines(data.scenario.name, [...columns, label])].join(''));
      printText(
        `${arff}: ${data.matrix.rows.length} machines, ${columns.length} columns and the label ${label.name}`,
      );
    });
}
