import { hardest } from '../analysis/experiments.js';
import { bySetting, type Setting } from '../analysis/settings.js';
import { html, type Markup, type Part } from '../escape.js';
import { formatCount, formatInterval, formatShare, plural } from '../format.js';
import { howToRead, more } from '../page/blocks.js';
import type { Section } from '../page/section.js';
import { type Column, table } from '../page/table.js';
import type { ExperimentResult, Result } from '../result.js';

type Scores = NonNullable<ExperimentResult['per_class']>[number];

/** A class and what each experiment of a setting made of it. */
interface Row {
  readonly label: string;
  readonly machines: number;
  readonly scores: readonly (Scores | undefined)[];
}

const mostClasses = 45;

function rowsOf({ experiments }: Setting): Row[] {
  const labels = [
    ...new Set(experiments.flatMap(({ per_class = [] }) => per_class.map(({ label }) => label))),
  ];
  return labels.map((label) => {
    const scores = experiments.map(({ per_class = [] }) => per_class.find((one) => one.label === label));
    const place = scores.findIndex((one) => one !== undefined);
    return { label, scores, machines: scores[place]!.answers / experiments[place]!.repeats };
  });
}

function meanRecall({ scores }: Row): number {
  const known = scores.flatMap((one) => one?.recall ?? []);
  return known.reduce((sum, one) => sum + one, 0) / Math.max(1, known.length);
}

function scoreColumns({ experiments }: Setting): Column<Row>[] {
  const column = (heading: string, place: number, of: 'recall' | 'precision'): Column<Row> => ({
    heading,
    number: true,
    cell: ({ scores }): Part => {
      const value = scores[place]?.[of] ?? null;
      const interval = scores[place]?.[`${of}_ci95`];
      if (value === null) return of === 'precision' ? 'never named' : '–';
      return html`${formatShare(value)}${interval && html` <small>${formatInterval(interval)}</small>`}`;
    },
    key: ({ scores }) => scores[place]?.[of] ?? null,
  });
  return experiments.flatMap(({ learner }, place) => [
    column(`${learner}: recall`, place, 'recall'),
    column(`${learner}: precision`, place, 'precision'),
  ]);
}

function classTable(setting: Setting): Markup {
  const rows = rowsOf(setting);
  const isCut = rows.length > mostClasses;
  const shown = isCut
    ? [...rows].sort((one, other) => meanRecall(one) - meanRecall(other)).slice(0, mostClasses)
    : rows;
  const cut = isCut ? `; the ${mostClasses} of least recall, of ${formatCount(rows.length)}` : '';
  return table<Row>({
    caption: `Recall and precision by class, ${setting.name}, with 95 % intervals${cut}`,
    rows: shown,
    sortable: true,
    className: 'accuracy',
    columns: [
      { heading: 'Class', rowHeading: true, cell: ({ label }) => label },
      { heading: 'Machines', number: true, cell: ({ machines }) => formatCount(machines) },
      ...scoreColumns(setting),
    ],
  });
}

/** Precision and recall by class as the paper defines them; undefined where no result has them. */
export function classesSection({ experiments }: Result): Section | undefined {
  const scored = experiments.filter(({ per_class }) => per_class?.length);
  const settings = bySetting(scored);
  const worst = hardest(scored);
  const chosen = settings.find((setting) => worst && setting.experiments.includes(worst));
  if (!chosen) return undefined;
  return {
    id: 'classes',
    title: 'Precision and recall',
    body: html`${classTable(chosen)}${howToRead(
      'Recall is the share of the machines of a class that were given its name; precision is the share of those given the name that are of the class. A class of few machines has a wide interval, and one with a single machine cannot be learnt: whoever tests it has not seen it.',
    )}${settings
      .filter((setting) => setting !== chosen)
      .map((setting) =>
        more(`${setting.name}: ${plural(setting.experiments.length, 'learner')}`, classTable(setting)),
      )}`,
  };
}
