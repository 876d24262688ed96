import {
  finding,
  type NoisePanel,
  noisePanels,
  pointAt,
  sweptNumbers,
  trainedOn,
  trainingWord,
} from '../analysis/noise.js';
import type { ConditionResult, NoiseResult } from '../condition-result.js';
import { html, type Markup, type Part } from '../escape.js';
import { formatCount, formatInterval, formatRatio, formatShare } from '../format.js';
import { figure, howToRead, more } from '../page/blocks.js';
import type { Section } from '../page/section.js';
import { table } from '../page/table.js';
import type { Result } from '../result.js';
import { markKey } from '../svg/mark.js';
import { sweepChart } from '../svg/sweep-chart.js';

const stages = ({ forward, reverse }: ConditionResult): Part =>
  forward.length + reverse.length === 0
    ? html`<span class="quiet">nothing</span>`
    : html`<span class="quiet">there:</span> ${forward.join(', ') || 'nothing'} <span class="quiet">back:</span> ${reverse.join(', ') || 'nothing'}`;

function effects(conditions: readonly ConditionResult[]): Markup {
  const pairs = (one: ConditionResult) => one.answered + one.silent + one.partial;
  const share = (heading: string, part: (one: ConditionResult) => number, of: typeof part) => ({
    heading,
    number: true,
    cell: (one: ConditionResult) => formatRatio(part(one), of(one)),
    key: (one: ConditionResult) => (of(one) > 0 ? part(one) / of(one) : -1),
  });
  return table<ConditionResult>({
    caption: 'What the conditions did to the answers',
    rows: conditions,
    className: 'accuracy',
    columns: [
      { heading: 'Condition', rowHeading: true, cell: ({ name }) => name },
      { heading: 'Machines', number: true, cell: ({ machines }) => formatCount(machines) },
      { heading: 'Lost packets', number: true, cell: (one) => formatCount(one.lost_by_path) },
      share('Answered', (one) => one.answered, pairs),
      share('Silent', (one) => one.silent, pairs),
      share('Partial', (one) => one.partial, pairs),
      share(
        'NONDET values',
        (one) => one.nondeterministic,
        (one) => one.values,
      ),
      share(
        'Changed answers',
        (one) => one.changed,
        (one) => one.compared,
      ),
    ],
  });
}

function failures(conditions: readonly ConditionResult[]): Markup | false {
  const failed = conditions.flatMap(({ name, failed: own }) => own.map((one) => ({ name, ...one })));
  return (
    failed.length > 0 &&
    more(
      `Failed under a condition: ${formatCount(failed.length)}`,
      html`<ul>${failed.map(({ name, machine, reason }) => html`<li>${machine} under ${name}: ${reason}</li>`)}</ul>`,
    )
  );
}

/** The hierarchy, level and fields of a panel in words. */
const placeOf = ({ hierarchy, level, fields }: NoisePanel) =>
  `${hierarchy} hierarchy, level ${level}${fields === 'raw' ? '' : `, ${fields} fields`}`;

const learnersOf = (series: readonly NoiseResult[]) => [...new Set(series.map(({ learner }) => learner))];
const kinds = { clean: 0, noisy: 1, others: 2 } as const;
const kindOf = ({ trained }: NoiseResult) => kinds[trained];

function legend(series: readonly NoiseResult[], learners: readonly string[]): Markup {
  return html`<ul class="legend" aria-label="Learners and trainings">${series.map(
    (one) =>
      html`<li>${markKey(learners.indexOf(one.learner), kindOf(one), one.learner)} ${one.learner}, <span class="quiet">trained under ${trainedOn(one)}</span></li>`,
  )}<li><span class="dash" aria-hidden="true"></span> always the majority class</li></ul>`;
}

function pivot(panel: NoisePanel, conditions: readonly ConditionResult[]): Markup {
  return table<ConditionResult>({
    caption: `Accuracy in the ${placeOf(panel)}, with 95 % intervals`,
    rows: conditions,
    className: 'accuracy',
    columns: [
      { heading: 'Condition', rowHeading: true, cell: ({ name }) => name },
      ...panel.series.map((one) => ({
        heading: `${one.learner}, ${trainingWord(one)}`,
        number: true,
        cell: ({ name }: ConditionResult): Part => {
          const point = pointAt(one, name);
          return point
            ? html`${formatShare(point.accuracy)}<small>${formatInterval(point.ci95)}</small>`
            : '–';
        },
      })),
    ],
  });
}

function everything(panel: NoisePanel): Markup {
  const { series } = panel;
  const rows = series.flatMap((one) => one.conditions.map((point) => ({ one, point })));
  return table({
    caption: `Noise experiments in the ${placeOf(panel)}, all numbers`,
    rows,
    sortable: true,
    className: 'accuracy',
    columns: [
      { heading: 'Condition', rowHeading: true, cell: ({ point }) => point.condition },
      { heading: 'Learner', cell: ({ one }) => one.learner },
      { heading: 'Trained under', cell: ({ one }) => trainedOn(one) },
      {
        heading: 'Accuracy',
        number: true,
        cell: ({ point }) => formatShare(point.accuracy),
        key: ({ point }) => point.accuracy,
      },
      { heading: 'Balanced', number: true, cell: ({ point }) => formatShare(point.balanced_accuracy) },
      { heading: 'Majority', number: true, cell: ({ point }) => formatShare(point.majority) },
      {
        heading: 'Confidence',
        number: true,
        cell: ({ point }) => (point.confidence === null ? 'none correct' : formatShare(point.confidence)),
      },
      { heading: 'Machines', number: true, cell: ({ point }) => formatCount(point.machines) },
      { heading: 'Classes', number: true, cell: ({ one }) => formatCount(one.classes) },
      { heading: 'Folds × repeats', number: true, cell: ({ one }) => `${one.folds} × ${one.repeats}` },
    ],
  });
}

function panelOf(
  panel: NoisePanel,
  conditions: readonly ConditionResult[],
  learners: readonly string[],
): Markup {
  const { fields, hierarchy, level, series } = panel;
  const numbers = sweptNumbers(conditions);
  const stage = conditions[0]?.swept?.stage;
  const measured = Math.max(0, ...series.flatMap((one) => one.conditions.map(({ machines }) => machines)));
  const places = conditions.map(({ name, swept }, index) =>
    numbers ? { label: swept!.value, number: numbers[index] } : { label: name },
  );
  const title = `Accuracy in the ${placeOf(panel)}, by condition`;
  const words = series.map(
    (one) =>
      `${one.learner}, trained under ${trainedOn(one)}: ${one.conditions
        .map(({ condition, accuracy }) => `${condition} ${formatShare(accuracy)}`)
        .join(', ')}`,
  );
  return html`<h3>${hierarchy === 'kernel' ? 'Kernel' : 'Distribution'}${placeOf(panel).slice(hierarchy.length)}</h3><p>${finding(panel)}</p>${figure(
    {
      chart: sweepChart({
        id: `noise-${hierarchy}-${level}${fields === 'raw' ? '' : `-${fields}`}`,
        title,
        description: `${words.join('; ')}.`,
        places,
        xTitle: numbers ? `${stage}` : 'condition',
        series: series.map((one) => ({
          learnerIndex: learners.indexOf(one.learner),
          kind: kindOf(one),
          points: one.conditions.flatMap(({ condition, accuracy, ci95: [low, high] }) => {
            const place = conditions.findIndex(({ name }) => name === condition);
            return place < 0 ? [] : [{ place, value: accuracy, low, high }];
          }),
        })),
        baseline: series[0]?.conditions[0]?.majority,
      }),
      caption: html`${title}; up to ${formatCount(measured)} machines of ${formatCount(series[0]?.classes ?? 0)} classes, 95 % intervals by machine.`,
    },
  )}${pivot(panel, conditions)}${more('All numbers', everything(panel))}`;
}

/** The network conditions of a run and what they did to answers and learners; undefined where it had only one. */
export function conditionsSection(result: Result): Section | undefined {
  const { conditions } = result;
  if (!conditions || conditions.length === 0) return undefined;
  const panels = noisePanels(result);
  const learners = learnersOf(result.noise ?? []);
  const byName = new Map(
    panels.flatMap(({ series }) => series).map((one) => [`${one.learner} ${one.trained}`, one]),
  );
  const shown = [...byName.values()];
  return {
    id: 'conditions',
    title: 'Network conditions',
    body: html`<p>Every machine was started and measured anew under each of ${formatCount(conditions.length)} conditions. All other sections are about the first, “${conditions[0]!.name}”.</p>${effects(conditions)}${howToRead(
      'Shares are of machine × probe pairs. A partial probe was answered in some of its copies: what the rest would have said is unknown, and it tells a learner nothing about that machine under that condition. NONDET are the field values on which the copies disagreed. Changed answers are those whose summary is another one than under the first condition, among the probes that were answered in full, or not at all, under both.',
    )}${more(
      'The stages of each condition',
      html`<ul>${conditions.map((one) => html`<li><strong>${one.name}</strong>: ${stages(one)}</li>`)}</ul>`,
    )}${failures(conditions)}${panels.length > 0 && legend(shown, learners)}${panels.map((panel) => panelOf(panel, conditions, learners))}${
      panels.length > 0 &&
      howToRead(
        'A point is the share of machines that were named rightly under a condition by a model that was trained on other machines: filled marks on what those answered under the clean condition alone, hollow ones on what they answered under all conditions, those with a dot under all conditions but the one they are tested under. No machine is on both sides. The whisker is the 95 % interval that so few machines allow; where intervals overlap, a difference may be chance.',
      )
    }`,
  };
}
