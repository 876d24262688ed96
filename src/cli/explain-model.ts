import { Command, Option } from 'commander';
import { type LearnerName, labelsOf, learners } from '../learn/index.js';
import { randomStream } from '../random.js';
import { type FieldSet, fieldSetNames } from '../scenario/field-set.js';
import { readLearningData } from '../scenario/learning-data.js';
import { RunFolder } from '../scenario/run-folder.js';
import { hierarchyOption, learnerOption, levelOption } from './learner-options.js';
import { insightLines, modelColumns } from './model-columns.js';
import { jsonOption } from './options.js';
import { printJson, printText } from './output.js';

interface Options {
  readonly learner: LearnerName;
  readonly hierarchy: 'kernel' | 'distribution';
  readonly level: string;
  readonly fields: FieldSet;
  readonly json?: boolean;
}

export function explainModelCommand(): Command {
  return new Command('explain-model')
    .description('train on all machines of a run and print the model: fields, probes, values and machines')
    .argument('<run>', 'folder of a run')
    .addOption(learnerOption())
    .addOption(hierarchyOption())
    .addOption(levelOption())
    .addOption(
      new Option('--fields <set>', 'of single responses, of what several packets show together, or both')
        .choices(fieldSetNames)
        .default('raw'),
    )
    .addOption(jsonOption())
    .action(async (path: string, { fields, hierarchy, json, learner, level }: Options) => {
      const { labels, matrix, scenario } = await readLearningData(RunFolder.open(path), fields);
      const rows = Int32Array.from(matrix.rows.keys());
      const coded = labelsOf(labels(hierarchy, Number(level)));
      const model = learners[learner].fit(
        matrix,
        rows,
        coded,
        randomStream(scenario.seed, `explain/${learner}`),
      );
      const columns = modelColumns(matrix, model);
      const { chosen, outOfBag } = model.insight?.() ?? {};
      if (json)
        printJson({
          learner,
          hierarchy,
          level: Number(level),
          machines: rows.length,
          model: model.describe(),
          columns,
          ...(outOfBag !== undefined && { out_of_bag: outOfBag }),
          ...(chosen !== undefined && { chosen }),
        });
      else
        printText(
          [
            `${learner}, ${hierarchy} level ${level}, ${rows.length} machines`,
            '',
            model.describe(),
            ...insightLines(model, columns),
          ].join('\n'),
        );
    });
}
