import { Command } from 'commander';
import { groupsOf, type LearnerName, labelsOf, learners } from '../learn/index.js';
import { randomStream } from '../random.js';
import type { FieldSet } from '../scenario/field-set.js';
import { readLearningData } from '../scenario/learning-data.js';
import { RunFolder } from '../scenario/run-folder.js';
import type { SplitName } from '../scenario/splits.js';
import { fieldsOption, hierarchyOption, learnerOption, levelOption, splitOption } from './learner-options.js';
import { insightLines, modelColumns } from './model-columns.js';
import { jsonOption } from './options.js';
import { printJson, printText } from './output.js';

interface Options {
  readonly learner: LearnerName;
  readonly hierarchy: 'kernel' | 'distribution';
  readonly level: string;
  readonly fields: FieldSet;
  readonly split?: SplitName;
  readonly json?: boolean;
}

export function explainModelCommand(): Command {
  return new Command('explain-model')
    .description('train on all machines of a run and print the model: fields, probes, values and machines')
    .argument('<run>', 'folder of a run')
    .addOption(learnerOption())
    .addOption(hierarchyOption())
    .addOption(levelOption())
    .addOption(fieldsOption())
    .addOption(splitOption())
    .addOption(jsonOption())
    .action(async (path: string, { fields, hierarchy, json, learner, level, split: asked }: Options) => {
      const { labels, matrix, scenario, together } = await readLearningData(RunFolder.open(path), fields);
      const rows = Int32Array.from(matrix.rows.keys());
      const coded = labelsOf(labels(hierarchy, Number(level)));
      const { groups, split } = together(hierarchy, Number(level), asked);
      const random = randomStream(scenario.seed, `explain/${learner}`);
      const model = learners[learner].fit(matrix, rows, coded, random, groupsOf(groups));
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
          ...(chosen !== undefined && { chosen, split }),
        });
      else
        printText(
          [
            `${learner}, ${hierarchy} level ${level}, ${rows.length} machines`,
            '',
            model.describe(),
            ...insightLines(model, columns, split),
          ].join('\n'),
        );
    });
}
