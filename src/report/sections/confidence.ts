import { hardest, type Series, seriesOf } from '../analysis/experiments.js';
import { bySetting, type Setting } from '../analysis/settings.js';
import { html, type Markup } from '../escape.js';
import { formatInterval, formatShare, plural } from '../format.js';
import { figure, howToRead, more } from '../page/blocks.js';
import type { Section } from '../page/section.js';
import { seriesLegend } from '../page/series-legend.js';
import { table } from '../page/table.js';
import type { ExperimentResult, Result } from '../result.js';
import { type SharePoint, shareChart } from '../svg/share-chart.js';

type Curve = 'reliability' | 'abstention';

const curves = ['reliability', 'abstention'] as const;

interface Point extends SharePoint {
  readonly experiment: ExperimentResult;
  readonly ci95: readonly [number, number] | undefined;
  /** Answers in a bin, or the least confidence answered with. */
  readonly note: string;
}

function pointsOf(experiment: ExperimentResult, curve: Curve): Point[] {
  const { abstention = [], reliability = [] } = experiment;
  const point = (x: number, y: number, ci95: readonly [number, number] | undefined, note: string) => ({
    ...{ experiment, x, y, ci95, note, low: ci95?.[0], high: ci95?.[1] },
  });
  if (curve === 'reliability')
    return reliability.map((bin) =>
      point(bin.confidence, bin.accuracy, bin.ci95, plural(bin.answers, 'answer')),
    );
  return abstention.map(({ accuracy, answered, ci95, threshold }) =>
    point(answered, accuracy, ci95, `from ${formatShare(threshold)}`),
  );
}

const words = {
  reliability: { title: 'Accuracy by confidence', x: 'Mean confidence, %', note: 'Answers' },
  abstention: { title: 'Accuracy when doubtful answers are withheld', x: 'Answered, %', note: 'Confidence' },
} as const;

function chart({ experiments, name, slug }: Setting, curve: Curve, series: readonly Series[]): Markup {
  const { title, x } = words[curve];
  const machines = Math.max(...experiments.map((one) => one.machines));
  const drawn = experiments.map((experiment) => {
    const own = series.find((s) => s.learner === experiment.learner && s.fields === experiment.fields)!;
    return { ...own, points: pointsOf(experiment, curve) };
  });
  const text = drawn.map(
    ({ learner, points }) =>
      `${learner}: ${points.map((point) => `${formatShare(point.x)} ${formatShare(point.y)}`).join(', ')}`,
  );
  return figure({
    chart: html`<h3>${title}</h3>${shareChart({
      ...{ id: `${curve}-${slug}`, title: `${title}, ${name}`, description: `${text.join('; ')}.` },
      ...{ xTitle: x, yTitle: 'Right, %', diagonal: curve === 'reliability', series: drawn },
    })}`,
    caption: `${name}, n = ${plural(machines, 'machine')}, 95 % intervals by machine.`,
  });
}

function numbers({ experiments, name }: Setting, curve: Curve): Markup {
  const { note, title, x } = words[curve];
  return more(
    `${title}, ${name}: exact numbers`,
    table<Point>({
      caption: `${title}, ${name}, exact numbers`,
      rows: experiments.flatMap((experiment) => pointsOf(experiment, curve)),
      sortable: true,
      className: 'accuracy',
      columns: [
        { heading: 'Learner', rowHeading: true, cell: ({ experiment }) => experiment.learner },
        {
          heading: x.replace(', %', ''),
          number: true,
          cell: (one) => formatShare(one.x),
          key: (one) => one.x,
        },
        { heading: 'Right', number: true, cell: (one) => formatShare(one.y), key: (one) => one.y },
        { heading: '95 % interval', number: true, cell: ({ ci95 }) => (ci95 ? formatInterval(ci95) : '–') },
        { heading: note, number: true, cell: (one) => one.note },
      ],
    }),
  );
}

/** Mean distance of confidence from accuracy over the answers, by tenths of confidence. */
function miscalibration({ reliability = [] }: ExperimentResult): number | undefined {
  const answers = reliability.reduce((sum, bin) => sum + bin.answers, 0);
  const off = reliability.reduce(
    (sum, bin) => sum + bin.answers * Math.abs(bin.confidence - bin.accuracy),
    0,
  );
  return answers > 0 ? off / answers : undefined;
}

/** The point at which most is withheld and half is still answered. */
const halfAnswered = ({ abstention = [] }: ExperimentResult) =>
  abstention.findLast(({ answered }) => answered >= 0.5);

function summary(settings: readonly Setting[]): Markup {
  return table<{ name: string; one: ExperimentResult }>({
    caption: 'Confidence of all experiments',
    rows: settings.flatMap(({ experiments, name }) => experiments.map((one) => ({ name, one }))),
    sortable: true,
    className: 'accuracy',
    columns: [
      { heading: 'Setting', cell: ({ name }) => name },
      { heading: 'Learner', rowHeading: true, cell: ({ one }) => one.learner },
      {
        heading: 'Accuracy',
        number: true,
        cell: ({ one }) => html`${formatShare(one.accuracy)} <small>${formatInterval(one.ci95)}</small>`,
        key: ({ one }) => one.accuracy,
      },
      {
        heading: 'Confidence off by',
        number: true,
        cell: ({ one }) => {
          const off = miscalibration(one);
          return off === undefined ? '–' : formatShare(off);
        },
        key: ({ one }) => miscalibration(one) ?? null,
      },
      {
        heading: 'Right when half is withheld',
        number: true,
        cell: ({ one }) => {
          const half = halfAnswered(one);
          if (!half) return '–';
          return html`${formatShare(half.accuracy)}${half.ci95 && html` <small>${formatInterval(half.ci95)}</small>`}`;
        },
        key: ({ one }) => halfAnswered(one)?.accuracy ?? null,
      },
      {
        heading: 'Answered then',
        number: true,
        cell: ({ one }) => {
          const half = halfAnswered(one);
          return half ? formatShare(half.answered) : '–';
        },
      },
    ],
  });
}

/** Whether models know when they are right; undefined where no result says. */
export function confidenceSection({ experiments }: Result): Section | undefined {
  const scored = experiments.filter(
    ({ abstention, reliability }) => abstention?.length || reliability?.length,
  );
  const settings = bySetting(scored);
  const worst = hardest(scored);
  const chosen = settings.find((setting) => worst && setting.experiments.includes(worst));
  if (!chosen) return undefined;
  const series = seriesOf(experiments).filter(({ fields, learner }) =>
    chosen.experiments.some((one) => one.learner === learner && one.fields === fields),
  );
  return {
    id: 'confidence',
    title: 'Confidence',
    body: html`<p>The setting of the hardest experiment: <strong>${chosen.name}</strong>.</p>${seriesLegend(series, 'confidence and accuracy are equal')}<div class="pair figures">${curves.map((curve) => chart(chosen, curve, series))}</div>${howToRead(
      'On the left, answers are put together by tenths of the confidence that came with them: below the dashed line a model is surer than it should be, above it less sure. On the right, the least confident answers are withheld: what is left should be right more often, or the confidence says nothing. Repeats do not narrow the intervals; where they overlap, a difference may be chance.',
    )}${curves.map((curve) => numbers(chosen, curve))}${more(`All ${plural(scored.length, 'experiment')}`, summary(settings))}`,
  };
}
