import type { ConditionResult, NoiseResult } from '../condition-result.js';
import { formatInterval, formatShare } from '../format.js';
import type { Result } from '../result.js';

type Point = NoiseResult['conditions'][number];

/** The noise experiments about one hierarchy, level and set of fields: a panel of the report. */
export interface NoisePanel {
  readonly hierarchy: NoiseResult['hierarchy'];
  readonly level: number;
  /** What its learners looked at. */
  readonly fields: string;
  /** One a learner and training. */
  readonly series: readonly NoiseResult[];
}

/** `kernel level 1`, and what learners looked at, unless that is single responses. */
export function panelName({ hierarchy, level, fields }: NoisePanel): string {
  return `${hierarchy} level ${level}${fields === 'raw' ? '' : `, ${fields} fields`}`;
}

/** By hierarchy, level and fields, in the order of the result. */
export function noisePanels({ noise = [] }: Result): NoisePanel[] {
  const panels = new Map<
    string,
    { hierarchy: NoiseResult['hierarchy']; level: number; fields: string; series: NoiseResult[] }
  >();
  for (const one of noise) {
    const { hierarchy, level, fields = 'raw' } = one;
    const key = `${hierarchy} ${level} ${fields}`;
    const panel = panels.get(key) ?? { hierarchy, level, fields, series: [] };
    panels.set(key, panel);
    panel.series.push(one);
  }
  return [...panels.values()];
}

export function pointAt({ conditions }: NoiseResult, condition: string): Point | undefined {
  return conditions.find((point) => point.condition === condition);
}

/** The numbers of a sweep, where all conditions are of one; undefined where they are names. */
export function sweptNumbers(conditions: readonly ConditionResult[]): readonly number[] | undefined {
  const [first] = conditions;
  const numbers = conditions.map(({ swept }) => swept?.number ?? undefined);
  const alike = conditions.every(
    ({ swept }) => swept?.stage === first?.swept?.stage && swept?.unit === first?.swept?.unit,
  );
  const known = numbers.filter((number) => number !== undefined);
  return alike && known.length === conditions.length && new Set(known).size > 1 ? known : undefined;
}

export function trainedOn({ trained, clean }: Pick<NoiseResult, 'trained' | 'clean'>): string {
  if (trained === 'clean') return `“${clean}” alone`;
  return trained === 'noisy' ? 'all conditions' : 'all other conditions';
}

/** A training in a word, for headings. */
export function trainingWord({ trained }: Pick<NoiseResult, 'trained'>): string {
  return trained === 'noisy' ? 'all' : trained;
}

function worst({ conditions }: NoiseResult): Point | undefined {
  return conditions.reduce<Point | undefined>(
    (least, point) => (least && least.accuracy <= point.accuracy ? least : point),
    undefined,
  );
}

const figures = ({ accuracy, ci95 }: Point) => `${formatShare(accuracy)} (${formatInterval(ci95)})`;

function overlap({ ci95: one }: Point, { ci95: other }: Point): boolean {
  return one[0] <= other[1] && other[0] <= one[1];
}

export interface Drop {
  /** Trained under one condition alone. */
  readonly model: NoiseResult;
  /** Under that condition. */
  readonly before: Point;
  /** Under the condition where the model is least accurate. */
  readonly after: Point;
  readonly drop: number;
}

/** What conditions took from the models that were trained under one alone, the greatest first. */
export function dropsOf({ series }: NoisePanel): Drop[] {
  return series
    .filter(({ trained }) => trained === 'clean')
    .flatMap((model) => {
      const before = pointAt(model, model.clean);
      const after = worst(model);
      return before && after ? [{ model, before, after, drop: before.accuracy - after.accuracy }] : [];
    })
    .sort((a, b) => b.drop - a.drop);
}

/** What a panel found, in a sentence or two made of its figures. */
export function finding(panel: NoisePanel): string {
  const { series } = panel;
  const drops = dropsOf(panel);
  const [most] = drops;
  if (!most) return 'No model was trained on one condition alone.';
  const { model, before, after } = most;
  if (most.drop <= 0)
    return `No condition lowered the accuracy of a model that was trained under “${model.clean}” alone.`;
  const certain = overlap(before, after)
    ? 'the two intervals overlap, so that chance may have done it'
    : 'the two intervals do not overlap';
  const thereBy = (training: NoiseResult['trained']) => {
    const one = series.find(({ learner, trained }) => learner === model.learner && trained === training);
    return one && pointAt(one, after.condition);
  };
  const [there, unseen] = [thereBy('noisy'), thereBy('others')];
  const unharmed = drops
    .filter(({ drop, before: own }) => drop <= 0 && own.accuracy > own.majority)
    .map(({ model: { learner: name } }) => name);
  return [
    `Trained under “${model.clean}” alone, ${model.learner} lost most: it named ${figures(before)} of the machines under “${model.clean}” and ${figures(after)} under “${after.condition}”; ${certain}.`,
    there &&
      `Trained under all conditions it named ${figures(there)} there; the most frequent class alone is ${formatShare(there.majority)}.`,
    unseen && `Trained under all conditions but this one it named ${figures(unseen)} there.`,
    unharmed.length > 0 && `No condition lowered the accuracy of ${unharmed.join(', ')}.`,
  ]
    .filter(Boolean)
    .join(' ');
}
