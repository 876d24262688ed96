import { hardest, inOrder, splitOf } from '../analysis/experiments.js';
import { html, type Markup } from '../escape.js';
import { formatCount, formatInterval, formatShare, plural } from '../format.js';
import { howToRead, more } from '../page/blocks.js';
import type { Section } from '../page/section.js';
import { table } from '../page/table.js';
import type { ExperimentResult, Result } from '../result.js';

type Important = NonNullable<ExperimentResult['important']>[number];

const about = (experiment: ExperimentResult) =>
  `${experiment.learner} on ${experiment.fields} fields, ${experiment.hierarchy} level ${experiment.level}, ${splitOf(experiment)}`;

function estimates(rows: readonly ExperimentResult[]): Markup {
  return table<ExperimentResult>({
    caption: 'Out-of-bag estimates and settings chosen on the training machines',
    rows,
    sortable: true,
    className: 'accuracy',
    columns: [
      { heading: 'Hierarchy', cell: ({ hierarchy }) => hierarchy },
      { heading: 'Level', number: true, cell: ({ level }) => level },
      { heading: 'Learner', rowHeading: true, cell: ({ learner }) => learner },
      { heading: 'Fields', cell: ({ fields }) => fields },
      { heading: 'Split', cell: splitOf },
      {
        heading: 'Accuracy on other machines',
        number: true,
        cell: (one) => html`${formatShare(one.accuracy)} <small>${formatInterval(one.ci95)}</small>`,
        key: ({ accuracy }) => accuracy,
      },
      {
        heading: 'Out of bag',
        number: true,
        cell: ({ out_of_bag: share, out_of_bag_ci95: interval }) =>
          share === undefined
            ? '–'
            : html`${formatShare(share)}${interval && html` <small>${formatInterval(interval)}</small>`}`,
        key: ({ out_of_bag: share }) => share ?? null,
      },
      {
        heading: 'Chosen, by number of models',
        cell: ({ chosen = [] }) =>
          chosen.map(({ models, setting }) => `${setting}: ${formatCount(models)}`).join(', ') || '–',
      },
    ],
  });
}

const points = (accuracy: number) => `${accuracy < 0 ? '−' : ''}${Math.abs(100 * accuracy).toFixed(2)}`;

function importances(experiment: ExperimentResult): Markup {
  return table<Important>({
    caption: `Columns on which the trees hang most, ${about(experiment)}`,
    rows: experiment.important!,
    sortable: true,
    columns: [
      { heading: 'Field', rowHeading: true, cell: ({ field }) => html`<code>${field}</code>` },
      { heading: 'Probe', number: true, cell: ({ probe }) => html`#${probe}`, key: ({ probe }) => probe },
      { heading: 'Others alike', number: true, cell: ({ alike }) => formatCount(alike) },
      {
        heading: 'Points lost when shuffled',
        number: true,
        cell: ({ importance }) => points(importance),
        key: ({ importance }) => importance,
      },
      {
        heading: 'Over the folds',
        number: true,
        cell: ({ range }) => (range ? `${points(range[0])} to ${points(range[1])}` : '–'),
      },
    ],
  });
}

/** What models know of themselves: undefined where none knows anything. */
export function ownEstimatesSection({ experiments }: Result): Section | undefined {
  const knowing = inOrder(experiments).filter(
    ({ chosen, out_of_bag: share }) => chosen || share !== undefined,
  );
  const weighed = inOrder(experiments).filter(({ important }) => important && important.length > 0);
  if (knowing.length + weighed.length === 0) return undefined;
  const first = hardest(weighed);
  const others = weighed.filter((one) => one !== first);
  return {
    id: 'own-estimates',
    title: 'What models know of themselves',
    body: html`${knowing.length > 0 && estimates(knowing)}${first && importances(first)}${howToRead(
      'Out of bag is the share of the training machines that those trees name rightly which did not draw them: an estimate that needs no other machines, but one in which a near-copy of a machine may have been drawn. A column matters by the accuracy that a tree loses where its values are shuffled among the machines that it did not draw; columns that say the same stand in for each other, so that each of them may seem to matter little.',
    )}${
      others.length > 0 &&
      more(`Columns of ${plural(others.length, 'other experiment')}`, others.map(importances))
    }`,
  };
}
