import { formatInterval, formatShare } from '../format.js';
import type { Result } from '../result.js';
import { grid } from './grid.js';

/** What the mix of two classes did to learners, for the terminal; nothing where no experiment asked. */
export function biasLines({ training_bias: bias = [] }: Result): string[] {
  if (bias.length === 0) return [];
  const [{ classes, draws, hierarchy, level }] = bias as [(typeof bias)[number]];
  const recall = (one: (typeof bias)[number], place: number) =>
    formatShare(one.per_class[place]?.recall ?? 0);
  return [
    `Mix         ${classes.join(' : ')} in ${hierarchy} level ${level}, machines of a population; mean of ${draws} drawn`,
    ...grid(
      [
        { heading: 'machines', right: true },
        { heading: 'learner', widest: 16 },
        { heading: 'accuracy', right: true },
        { heading: '95 % CI', right: true },
        { heading: 'recall 1st', right: true },
        { heading: '2nd', right: true },
        { heading: 'balanced', right: true },
        { heading: 'confidence', right: true },
      ],
      bias.map((one) => [
        one.counts.join(' : '),
        one.learner,
        formatShare(one.accuracy),
        formatInterval(one.ci95),
        recall(one, 0),
        recall(one, 1),
        formatShare(one.balanced_accuracy),
        one.confidence === null ? 'none right' : formatShare(one.confidence),
      ]),
    ),
  ];
}
