import { html } from '../escape.js';
import { formatCount, formatPoints, formatShare } from '../format.js';
import { howToRead } from '../page/blocks.js';
import type { Section } from '../page/section.js';
import { table } from '../page/table.js';
import type { Comparison, Result } from '../result.js';

const formatP = (p: number) => (p < 0.001 ? '< 0.001' : p.toFixed(3));

/** Learners two by two on the same folds; undefined where no two were trained. */
export function comparisonsSection({ comparisons = [] }: Result): Section | undefined {
  if (comparisons.length === 0) return undefined;
  const rows = [...comparisons].sort((one, other) => one.p_holm - other.p_holm);
  return {
    id: 'comparisons',
    title: 'Learners compared',
    body: html`${table<Comparison>({
      caption: 'Learners two by two on the same machines and folds',
      rows,
      sortable: true,
      columns: [
        { heading: 'Hierarchy', cell: ({ hierarchy }) => hierarchy },
        { heading: 'Level', number: true, cell: ({ level }) => level },
        { heading: 'Split', cell: ({ split }) => split },
        { heading: 'Learners', rowHeading: true, cell: ({ learners }) => learners.join(' − ') },
        {
          heading: 'Difference, points',
          number: true,
          cell: ({ difference }) => formatPoints(difference),
          key: ({ difference }) => difference,
        },
        { heading: 'Machines', number: true, cell: ({ machines }) => formatCount(machines) },
        { heading: 'p', number: true, cell: ({ p }) => formatP(p), key: ({ p }) => p },
        { heading: 'p, Holm', number: true, cell: ({ p_holm: p }) => formatP(p), key: ({ p_holm: p }) => p },
      ],
    })}${howToRead(
      `The difference is the accuracy of the first learner less that of the second; machines are those that only one of the two got right, or got right more often. p is how often chance alone would set them as far apart (paired permutation test by machine); Holm's correction allows for the number of pairs on the same folds. Below ${formatShare(0.05)} a difference may be called one.`,
    )}`,
  };
}
