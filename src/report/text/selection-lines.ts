import { mostLost } from '../analysis/selection.js';
import { formatCount, formatDuration, formatPoints, plural } from '../format.js';
import type { Result } from '../result.js';
import type { AccuracyLoss } from '../selection-result.js';

/** How the probes were selected and what it costs, for the terminal; nothing where all were sent. */
export function selectionLines({ selection }: Result): string[] {
  if (!selection) return [];
  const { generated, kept, loss, pairs, pilot } = selection;
  const by = pilot
    ? `, by a pilot of ${plural(pilot.machines, 'machine')}: ${plural(pilot.packets_sent, 'packet')}, ${formatDuration(1000 * pilot.wall_s)}`
    : '';
  const apart = ({ all, kept: byKept, of }: typeof pairs) =>
    `${formatCount(byKept)} and ${formatCount(all)} of ${formatCount(of)}`;
  return [
    `Selection   ${formatCount(kept.split + kept.gain + kept.random)} of ${plural(generated, 'probe')}${by}`,
    `            pairs that they and all probes tell apart: ${apart(pairs)}`,
    ...(loss ? [`            with one of the two unseen by the selection: ${apart(loss.pairs)}`] : []),
    ...(loss ? lostLines(loss.accuracy).map((line) => `            ${line}`) : []),
  ];
}

function lostLines(figures: readonly AccuracyLoss[]): string[] {
  const most = mostLost(figures);
  if (!most)
    return ['accuracy lost on the pilot: not known: its machines are all of one class, or no two are'];
  const { ci95, hierarchy, learner, level, lost, machines } = most;
  const interval = `95 % CI ${formatPoints(ci95[0])} to ${formatPoints(ci95[1])}, ${plural(machines, 'machine')}`;
  const none = figures.filter((one) => one.lost <= 0).length;
  const given = plural(figures.length, 'figure');
  if (lost <= 0) return [`accuracy lost on the pilot: none in ${given} (${interval})`];
  return [
    `accuracy lost on the pilot: none in ${formatCount(none)} of ${given}; most by ${learner}, ${hierarchy} ${level}:`,
    `${formatPoints(lost)} points (${interval})`,
  ];
}
