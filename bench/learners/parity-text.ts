import type { Agreement } from './parity.js';
import type { ParitySet } from './parity-sets.js';

const percent = (share: number | null) => (share === null ? '-' : share.toFixed(1));
const signed = (points: number) => `${points < 0 ? '' : '+'}${points.toFixed(2)}`;

/** A line of the table. */
function row({ alike, disagreements, holds, learner, ours, rows, scikit, set, weka }: Agreement): string {
  const same = alike === null ? ['-', '-'] : [String(disagreements.length), (100 * alike).toFixed(1)];
  const accuracies = [percent(ours), percent(weka), signed(ours - weka), percent(scikit)];
  return `| ${[set, learner, rows, ...same, ...accuracies, holds ? 'yes' : 'no'].join(' | ')} |`;
}

/** An agreement in a line, for who waits. */
export function agreementText(found: Agreement): string {
  const { disagreements, learner, ours, rows, scikit, set, weka } = found;
  const apart = found.alike === null ? 'mean of seeds' : `${disagreements.length} of ${rows} rows otherwise`;
  return `${set}, ${learner}: ${apart}, ours ${percent(ours)}, Weka ${percent(weka)}, scikit-learn ${percent(scikit)} %`;
}

/** The agreements as a table, numeric columns, and each disagreement. */
export function parityText(sets: readonly ParitySet[], found: readonly Agreement[]): string {
  const head =
    '| data | learner | rows | rows otherwise | alike % | ours % | Weka % | ours - Weka | scikit-learn % | holds |';
  const numeric = sets.filter((set) => set.numeric > 0).map((set) => `${set.name} ${set.numeric}`);
  const differing = found.flatMap(({ disagreements, learner, set }) =>
    disagreements.map(
      ({ margin, ours, row: at, weka }) =>
        `${set}, ${learner}, row ${at}: ours ${ours}, Weka ${weka}; our shares differ by ${margin.toFixed(6)}`,
    ),
  );
  return [
    head,
    '|---|---|---|---|---|---|---|---|---|---|',
    ...found.map(row),
    '',
    'ripper and random-forest: means of 20 seeds, of scikit-learn one; "rows otherwise" are those that Weka answers otherwise',
    `numeric columns, for scikit-learn in 10 intervals of equal width: ${numeric.join(', ') || 'none'}`,
    '',
    ...(differing.length > 0 ? differing : ['no row is answered otherwise']),
  ].join('\n');
}
