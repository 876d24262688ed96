import type { ExperimentResult } from '../result.js';
import { inOrder, splitOf } from './experiments.js';

/** Experiments that had the same labels, fields and folds, so that their learners may be set beside each other. */
export interface Setting {
  /** E.g. `kernel level 2, by-image`: the usual split, and the fields where all had the same, are left out. */
  readonly name: string;
  /** For ids in the page. */
  readonly slug: string;
  readonly experiments: readonly ExperimentResult[];
}

const slugOf = (text: string) => text.toLowerCase().replace(/[^a-z0-9]+/g, '-');

function nameOf(experiment: ExperimentResult, namesFields: boolean): string {
  const { fields, hierarchy, level } = experiment;
  const more = [...(namesFields ? [`${fields} fields`] : []), splitOf(experiment)];
  return [`${hierarchy} level ${level}`, ...more.filter((part) => part !== 'stratified')].join(', ');
}

/** By hierarchy, level, fields and split. */
export function bySetting(experiments: readonly ExperimentResult[]): Setting[] {
  const settings = new Map<string, ExperimentResult[]>();
  for (const experiment of inOrder(experiments)) {
    const { fields, hierarchy, level } = experiment;
    const key = JSON.stringify([hierarchy, level, fields, splitOf(experiment)]);
    settings.set(key, [...(settings.get(key) ?? []), experiment]);
  }
  const namesFields = new Set(experiments.map(({ fields }) => fields)).size > 1;
  return [...settings.values()].map((own, index) => ({
    name: nameOf(own[0]!, namesFields),
    slug: `${index}-${slugOf(`${own[0]!.hierarchy} ${own[0]!.level}`)}`,
    experiments: own,
  }));
}
