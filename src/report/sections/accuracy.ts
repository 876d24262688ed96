import {
  againstMajority,
  type Hierarchy,
  hierarchies,
  labelHierarchies,
  ofFirstSplit,
  type Series,
  seriesOf,
  splitOf,
} from '../analysis/experiments.js';
import { html, type Markup, type Part } from '../escape.js';
import { formatCount, formatInterval, formatShare } from '../format.js';
import { figure, howToRead, nothing } from '../page/blocks.js';
import type { Section } from '../page/section.js';
import { seriesLegend, seriesName } from '../page/series-legend.js';
import { table } from '../page/table.js';
import type { ExperimentResult, Result } from '../result.js';
import { type DotInterval, dotIntervalChart } from '../svg/dot-interval-chart.js';
import { markKey } from '../svg/mark.js';

const levels = [0, 1, 2] as const;
const headings: Readonly<Record<Hierarchy, string>> = {
  kernel: 'Kernel hierarchy',
  distribution: 'Distribution hierarchy',
  behaviour: 'Behaviour classes',
};

const brier = {
  heading: 'Brier',
  number: true,
  cell: ({ brier: score }: ExperimentResult) => (score === undefined ? '' : score.toFixed(3)),
  key: ({ brier: score }: ExperimentResult) => score ?? null,
};

const coarser = {
  heading: 'Right at coarser levels',
  cell: ({ coarser: levelsOf = [] }: ExperimentResult) =>
    levelsOf.map(({ accuracy, level }) => `${level}: ${formatShare(accuracy)}`).join(', '),
};

/** `12 machines`, or the range when the experiments differ. */
function range(values: readonly number[], unit: string): string {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return low === high ? `${formatCount(low)} ${unit}` : `${formatCount(low)}–${formatCount(high)} ${unit}`;
}

function point(experiment: ExperimentResult, series: readonly Series[]): DotInterval {
  const index = series.findIndex((s) => s.learner === experiment.learner && s.fields === experiment.fields);
  const { learnerIndex, fieldsIndex } = series[index]!;
  const [low, high] = experiment.ci95;
  return { series: index, learnerIndex, fieldsIndex, value: experiment.accuracy, low, high };
}

function panel(hierarchy: Hierarchy, own: readonly ExperimentResult[], series: readonly Series[]): Markup {
  const machines = own.map((experiment) => experiment.machines);
  const n = range(machines, 'machines');
  const groups = (hierarchy === 'behaviour' ? [0] : levels).map((level) => {
    const here = own.filter((experiment) => experiment.level === level);
    const classes = here.map((experiment) => experiment.classes);
    return {
      label: `level ${level}`,
      note: here.length === 0 ? 'not run' : range(classes, Math.max(...classes) === 1 ? 'class' : 'classes'),
      points: here.map((experiment) => point(experiment, series)),
      baselines: [...new Set(here.map((experiment) => experiment.majority))],
    };
  });
  return figure({
    chart: html`<h3>${headings[hierarchy]}</h3>${dotIntervalChart({
      id: `accuracy-${hierarchy}`,
      title: `Accuracy in the ${hierarchy} hierarchy by level and learner`,
      description: `${own
        .map(
          (e) =>
            `Level ${e.level}, ${seriesName(e)}: ${formatShare(e.accuracy)}, 95 % interval ${formatInterval(e.ci95)}, majority class ${formatShare(e.majority)}`,
        )
        .join('; ')}.`,
      series: series.length,
      groups,
    })}`,
    caption: `Accuracy with 95 % intervals, n = ${n}.`,
  });
}

const share = (heading: string, of: (experiment: ExperimentResult) => number | null) => ({
  heading,
  number: true,
  cell: (experiment: ExperimentResult): Part => {
    const value = of(experiment);
    return value === null ? 'none correct' : formatShare(value);
  },
  key: of,
});

const count = (heading: string, of: (experiment: ExperimentResult) => number) => ({
  heading,
  number: true,
  cell: (experiment: ExperimentResult) => formatCount(of(experiment)),
  key: of,
});

function exactNumbers(
  hierarchy: Hierarchy,
  own: readonly ExperimentResult[],
  series: readonly Series[],
): Markup {
  return table<ExperimentResult>({
    caption: `Accuracy in the ${hierarchy} hierarchy, exact numbers`,
    rows: own,
    sortable: true,
    className: 'accuracy',
    columns: [
      { heading: 'Level', number: true, cell: ({ level }) => level },
      {
        heading: 'Learner',
        rowHeading: true,
        cell: (e) => {
          const { learnerIndex, fieldsIndex } = point(e, series);
          return html`${markKey(learnerIndex, fieldsIndex, seriesName(e))} ${e.learner}`;
        },
      },
      { heading: 'Fields', cell: ({ fields }) => fields },
      share('Accuracy', (e) => e.accuracy),
      { heading: '95 % interval', number: true, cell: (e) => formatInterval(e.ci95), key: (e) => e.ci95[0] },
      share('Majority', (e) => e.majority),
      { heading: 'Against majority', cell: againstMajority },
      share('Balanced', (e) => e.balanced_accuracy),
      share('Confidence', (e) => e.confidence),
      count('Machines', (e) => e.machines),
      count('Classes', (e) => e.classes),
      {
        heading: 'Folds × repeats',
        number: true,
        cell: (e) => `${e.folds} × ${e.repeats}`,
        key: (e) => e.folds,
      },
      count('Columns', (e) => e.columns),
      count('Partitions', (e) => e.partitions),
      { heading: 'Split', cell: splitOf },
      brier,
      coarser,
    ],
  });
}

function nmapReading({ nmap }: Result): Part {
  return (
    nmap &&
    howToRead(
      `The learners nmap… match nmap's fingerprints of machines with a database made of those of the training machines; ${nmap.points}. Of labels that match equally well nmap names the one with the most training machines, and nmap-no-guess none.`,
    )
  );
}

/** Accuracy by level and learner, a panel and a table for each hierarchy (paper figure 5). */
export function accuracySection(result: Result): Section {
  const section = { id: 'accuracy', title: 'Accuracy' };
  const { experiments } = result;
  if (experiments.length === 0) {
    return { ...section, body: nothing('No learner was trained: the run has no experiments.') };
  }
  const series = seriesOf(experiments);
  const own = (hierarchy: Hierarchy) =>
    experiments.filter((e) => e.hierarchy === hierarchy).sort((a, b) => a.level - b.level);
  const drawn = ofFirstSplit(experiments);
  const present = hierarchies.filter((hierarchy) => own(hierarchy).length > 0);
  const absent = labelHierarchies.filter((hierarchy) => own(hierarchy).length === 0);
  return {
    ...section,
    body: html`${seriesLegend(series, 'always the majority class')}<div class="pair figures">${present.map(
      (hierarchy) =>
        panel(
          hierarchy,
          own(hierarchy).filter((e) => drawn.includes(e)),
          series,
        ),
    )}${absent.map((hierarchy) => nothing(`No experiment was run in the ${hierarchy} hierarchy.`))}</div>${howToRead(
      'The point is the share of machines that were given the right label when the learner had not seen them; the whisker is the 95 % interval that so few machines allow. Machines are counted, not probes: more probes do not narrow the interval. A learner says something only where its whole interval lies above the dashed line, which is what always naming the most frequent class would score. With one class there is nothing to tell apart. Only the first split is drawn.',
    )}${present.map((hierarchy) => exactNumbers(hierarchy, own(hierarchy), series))}${howToRead(
      'Balanced accuracy weighs every class alike, however many machines it has. Confidence is the mean confidence in the machines that were labelled correctly. The split says what was kept off both sides of a fold. The Brier score is the squared distance of the given probabilities from the truth: 0 is best, 2 is worst. Columns are probe and field pairs that split the machines at all; columns that split them in the same way are one partition, and partitions are what the learner sees.',
    )}${nmapReading(result)}`,
  };
}
