import type { BiasResult } from '../bias-result.js';
import { html, type Markup, type Part } from '../escape.js';
import { formatCount, formatInterval, formatShare, plural } from '../format.js';
import { figure, howToRead } from '../page/blocks.js';
import type { Section } from '../page/section.js';
import { table } from '../page/table.js';
import type { Result } from '../result.js';
import { dotIntervalChart } from '../svg/dot-interval-chart.js';
import { markKey } from '../svg/mark.js';

/** What is drawn of a learner: filled, hollow, and hollow with a dot. */
const quantities = ['accuracy', 'recall of the second class', 'confidence in right answers'] as const;

/** The quantities of a result with their intervals; a confidence has none. */
function pointsOf({ accuracy, ci95, confidence, per_class: perClass }: BiasResult) {
  const second = perClass[1];
  return [
    { value: accuracy, interval: ci95 },
    ...(second?.recall == null
      ? [undefined]
      : [{ value: second.recall, interval: second.recall_ci95 ?? [second.recall, second.recall] }]),
    confidence === null ? undefined : { value: confidence, interval: [confidence, confidence] },
  ];
}

const scored = (
  share: number | null | undefined,
  interval: readonly [number, number] | null | undefined,
): Part =>
  share == null
    ? 'none'
    : html`${formatShare(share)}${interval && html`<small>${formatInterval(interval)}</small>`}`;

const numeric = (
  heading: string,
  of: (one: BiasResult) => Part,
  key: (one: BiasResult) => number | null,
) => ({
  heading,
  number: true,
  cell: of,
  key,
});

function numbers(rows: readonly BiasResult[]): Markup {
  const [first, second] = rows[0]!.classes;
  const perClass = (name: string, place: number) => [
    numeric(
      `Precision, ${name}`,
      ({ per_class: of }) => scored(of[place]?.precision, of[place]?.precision_ci95),
      ({ per_class: of }) => of[place]?.precision ?? null,
    ),
    numeric(
      `Recall, ${name}`,
      ({ per_class: of }) => scored(of[place]?.recall, of[place]?.recall_ci95),
      ({ per_class: of }) => of[place]?.recall ?? null,
    ),
  ];
  return table<BiasResult>({
    caption: `Learners by the mix of ${first} and ${second} (paper, figure 6)`,
    rows,
    sortable: true,
    className: 'accuracy',
    columns: [
      { heading: `${first} : ${second}`, rowHeading: true, cell: ({ counts }) => counts.join(' : ') },
      { heading: 'Learner', cell: ({ learner }) => learner },
      { heading: 'Fields', cell: ({ fields }) => fields },
      numeric(
        'Accuracy',
        ({ accuracy, ci95 }) => scored(accuracy, ci95),
        ({ accuracy }) => accuracy,
      ),
      numeric(
        '95 % of populations',
        ({ range95 }) => formatInterval(range95),
        ({ range95: [low] }) => low,
      ),
      numeric(
        'Balanced',
        (one) => formatShare(one.balanced_accuracy),
        (one) => one.balanced_accuracy,
      ),
      numeric(
        'Majority',
        ({ majority }) => formatShare(majority),
        ({ majority }) => majority,
      ),
      ...perClass(first, 0),
      ...perClass(second, 1),
      numeric(
        'Confidence, right',
        ({ confidence }) => scored(confidence, undefined),
        ({ confidence }) => confidence,
      ),
      numeric(
        'Confidence, wrong',
        (one) => scored(one.confidence_wrong, undefined),
        (one) => one.confidence_wrong,
      ),
    ],
  });
}

function panel(own: readonly BiasResult[], index: number): Markup {
  const [{ classes, draws, fields, hierarchy, level }] = own as readonly [BiasResult];
  const learners = [...new Set(own.map(({ learner }) => learner))];
  const mixes = [...new Set(own.map(({ counts }) => counts.join(' : ')))];
  const groups = mixes.map((mix) => {
    const here = own.filter(({ counts }) => counts.join(' : ') === mix);
    return {
      label: mix,
      note: plural(here[0]!.counts[0] + here[0]!.counts[1], 'machine'),
      points: here.flatMap((one) =>
        pointsOf(one).flatMap((point, quantity) => {
          if (!point) return [];
          const learnerIndex = learners.indexOf(one.learner);
          const [low, high] = point.interval as [number, number];
          const series = learnerIndex * quantities.length + quantity;
          return [{ series, learnerIndex, fieldsIndex: quantity, value: point.value, low, high }];
        }),
      ),
      baselines: [...new Set(here.map(({ majority }) => majority))],
    };
  });
  const title = `${classes.join(' and ')} told apart, by their mix`;
  const words = own.map(
    (one) =>
      `${one.counts.join(' to ')}, ${one.learner}: accuracy ${formatShare(one.accuracy)}, recall of ${classes[1]} ${formatShare(one.per_class[1]?.recall ?? 0)}`,
  );
  const keys = learners.flatMap((learner, place) =>
    quantities.map((name, quantity) => html`<li>${markKey(place, quantity, name)} ${learner}, ${name}</li>`),
  );
  return html`<h3>${hierarchy} level ${level}${fields !== 'raw' && `, ${fields} fields`}</h3><ul class="legend">${keys}</ul>${figure(
    {
      chart: dotIntervalChart({
        id: `bias-${index}`,
        ...{ title, description: `${words.join('; ')}.`, yTitle: 'Share, %' },
        series: learners.length * quantities.length,
        groups,
      }),
      caption: html`${title}: machines of ${classes[0]} to machines of ${classes[1]}; mean of ${formatCount(draws)} populations for each mix. Intervals are of one population; the dashed line is always answering the more frequent class.`,
    },
  )}${numbers(own)}`;
}

/** What the mix of two classes does to learners; undefined where no experiment asked. */
export function biasSection({ training_bias: bias = [] }: Result): Section | undefined {
  if (bias.length === 0) return undefined;
  const keyOf = ({ classes, fields, hierarchy, level }: BiasResult) =>
    JSON.stringify([hierarchy, level, fields, classes]);
  const panels = [...new Set(bias.map(keyOf))].map((key) => bias.filter((one) => keyOf(one) === key));
  return {
    id: 'training-bias',
    title: 'Training bias',
    body: html`${panels.map(panel)}${howToRead(
      'Machines of two classes were drawn into populations of a given mix, and each learner was cross-validated within each: what it is tested on is mixed like what it was trained on. Where the classes cannot be told apart, accuracy is that of answering the more frequent class, and rises with the mix while nothing more is known: balanced accuracy, the mean recall of the two, stays at 50 %.',
    )}`,
  };
}
