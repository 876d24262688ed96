import type { Agreement } from './parity.js';
import type { ParitySet } from './parity-sets.js';

const percent = (share: number | undefined) => (share === undefined ? '-' : share.toFixed(1));

/** The agreements as a table, numeric columns, and each disagreement. */
export function parityText(sets: readonly ParitySet[], found: readonly Agreement[]): string {
  const head = '| data | learner | rows | alike % | ours % | Weka % | scikit-learn % | holds |';
  const rows = found.map(({ alike, holds, learner, ours, rows: count, scikit, set, weka }) => {
    const same = alike === undefined ? '-' : (100 * alike).toFixed(1);
    return `| ${set} | ${learner} | ${count} | ${same} | ${percent(ours)} | ${percent(weka)} | ${percent(scikit)} | ${holds ? 'yes' : 'no'} |`;
  });
  const numeric = sets.filter((set) => set.numeric > 0).map((set) => `${set.name} ${set.numeric}`);
  const differing = found.flatMap(({ disagreements, learner, set }) =>
    disagreements.map(
      ({ margin, ours, row, weka }) =>
        `${set}, ${learner}, row ${row}: ours ${ours}, Weka ${weka}; our shares differ by ${margin.toFixed(6)}`,
    ),
  );
  return [
    head,
    '|---|---|---|---|---|---|---|---|',
    ...rows,
    '',
    `numeric columns, for scikit-learn in 10 intervals of equal width: ${numeric.join(', ') || 'none'}`,
    ...(differing.length > 0 ? ['', ...differing] : []),
  ].join('\n');
}
