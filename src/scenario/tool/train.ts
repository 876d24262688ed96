import { buildMatrix, type Matrix } from '../../dataset/matrix.js';
import { summaryOfProbes } from '../../dataset/summary.js';
import { InputError } from '../../errors.js';
import { groupsOf, type LearnerName, labelsOf, learners } from '../../learn/index.js';
import { neededProbes } from '../../learn/needed-probes.js';
import { fields } from '../../probe/fields.js';
import { randomStream } from '../../random.js';
import { version } from '../../version.js';
import { readLearningData } from '../learning-data.js';
import { runProbes } from '../probe-set.js';
import type { RunFolder } from '../run-folder.js';
import { type SplitName, splitText } from '../splits.js';
import { toToolProbe } from './probes.js';
import { type Tool, toolSchemaId } from './schema.js';

export interface TrainOptions {
  readonly learner: LearnerName;
  readonly hierarchy: 'kernel' | 'distribution';
  readonly level: number;
  /** What a learner that tests settings holds out together; default: what the scenario's experiments do. */
  readonly split?: SplitName | undefined;
}

/**
 * The fingerprinting tool that a run makes: the few probes on which a model of all probes decides, and what its
 * machines answered to them. Throws InputError when nothing tells the run's machines apart.
 */
export async function trainTool(folder: RunFolder, options: TrainOptions): Promise<Tool> {
  const { hierarchy, learner: name, level } = options;
  const data = await readLearningData(folder);
  const { matrix: whole, scenario, summaries } = data;
  const names = data.labels(hierarchy, level);
  const labels = labelsOf(names);
  if (labels.classes.length < 2)
    throw new InputError(
      `all ${names.length} machines of ${folder.path} are ${labels.classes[0]} at ${hierarchy} level ${level}: there is nothing to learn`,
      { remedy: 'take a finer --level, or a run of more kinds of machines' },
    );
  const learner = learners[name];
  const rows = Int32Array.from(whole.rows.keys());
  const seed = `${scenario.seed}/tool`;
  const { groups, split } = data.together(hierarchy, level, options.split);
  const fitted = (matrix: Matrix) =>
    learner.fit(matrix, rows, labels, randomStream(seed, 'fit'), groupsOf(groups));
  const needed = neededProbes(whole, labels, fitted(whole));
  if (needed.length === 0)
    throw new InputError(`${name} finds no column of ${folder.path} that tells its machines apart`, {
      remedy: 'send more probes, or take another --learner',
    });
  const partial = scenario.dataset.partial;
  const matrix = buildMatrix(
    summaries.map((summary) => summaryOfProbes(summary, needed)),
    fields,
    { partial },
  );
  const model = fitted(matrix);
  const chosen = model.insight?.().chosen;
  const right = names.filter((label, row) => model.classify(matrix, row).label === label).length;
  const probes = await runProbes(folder, scenario);
  return {
    schema: toolSchemaId,
    stackbed: version,
    trained_on: {
      ...{ scenario: scenario.name, probes: probes.length, right: right / names.length },
      ...(chosen !== undefined && { chosen: `${chosen}${splitText(split)}` }),
    },
    ...{ learner: name, seed, hierarchy, level },
    probes: needed.map((probe) => toToolProbe(probes[probe]!, probe)),
    copies: scenario.probes.copies,
    ports: { open: scenario.probes.open, closed: scenario.probes.closed },
    reset: scenario.probes.reset,
    model: {
      machines: matrix.rows.map((id, row) => ({
        ...{ id, label: names[row]! },
        ...(groups && { group: groups[row]! }),
      })),
      constant: matrix.totals.constant,
      columns: Array.from({ length: matrix.columns }, (_, column) => ({
        codes: [...matrix.codes.subarray(column * rows.length, (column + 1) * rows.length)],
        members: matrix.members(column).map((_member, place) => {
          const { field, probe, values } = matrix.describeColumn(column, place);
          return { probe, field, values: [...values] };
        }),
      })),
    },
  };
}
