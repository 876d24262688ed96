import { html, type Markup } from '../escape.js';
import { formatDuration, median, plural } from '../format.js';
import { figure, nothing } from '../page/blocks.js';
import type { Section } from '../page/section.js';
import type { Result } from '../result.js';
import { barChart } from '../svg/bar-chart.js';
import { columnChart } from '../svg/column-chart.js';
import { roundTicks } from '../svg/scale.js';

interface Boot {
  readonly id: string;
  readonly milliseconds: number;
}

/** Up to this many machines each has a bar of its own; above it, boot times are binned. */
const barsAtMost = 40;
const bins = 10;

function bars(boots: readonly Boot[], description: string): Markup {
  return barChart({
    id: 'boot-chart',
    title: 'Boot time of each machine',
    description,
    width: 760,
    bars: [...boots]
      .sort((a, b) => a.milliseconds - b.milliseconds)
      .map(({ id, milliseconds }) => ({
        label: id,
        value: milliseconds / 1000,
        text: formatDuration(milliseconds),
      })),
    xTitle: 'seconds from spawn to the first TCP answer',
  });
}

function histogram(boots: readonly Boot[], description: string): Markup {
  const seconds = boots.map(({ milliseconds }) => milliseconds / 1000);
  const edges = roundTicks(Math.max(...seconds), bins);
  const columns = edges
    .slice(1)
    .map((high, index) => ({ label: `–${high}`, low: edges[index]!, high, count: 0 }));
  for (const value of seconds) {
    const bin = columns.find(({ high }) => value <= high) ?? columns.at(-1);
    if (bin) bin.count++;
  }
  const first = columns.findIndex(({ count }) => count > 0);
  return columnChart({
    id: 'boot-chart',
    title: 'Boot times of the machines',
    description,
    columns: columns
      .slice(Math.max(0, first))
      .map(({ low, high, count }) => ({ label: `${low}–${high}`, count })),
    xTitle: 'seconds from spawn to the first TCP answer',
    yTitle: 'machines',
  });
}

/** Says which of the boots were none. */
function copies({ machines }: Result): string {
  const restored = machines.filter(({ boot }) => boot === 'restored').length;
  if (restored === 0) return '';
  const some = restored === machines.length ? 'All' : `${restored} of ${plural(machines.length, 'machine')}`;
  return ` ${some} went on from a snapshot of a guest that had been booted before, each with address, time and randomness of its own; making snapshots is not counted.`;
}

/** How long the machines took from spawn to their first TCP answer. */
export function bootSection(result: Result): Section {
  const boots = result.machines.flatMap(({ id, boot_ms }) =>
    boot_ms === null ? [] : [{ id, milliseconds: boot_ms }],
  );
  const times = boots.map(({ milliseconds }) => milliseconds);
  const middle = median(times);
  if (middle === undefined) {
    return { id: 'boot', title: 'Boot times', body: nothing('No machine reached its first TCP answer.') };
  }
  const summary = `Median ${formatDuration(middle)}, from ${formatDuration(Math.min(...times))} to ${formatDuration(Math.max(...times))}; n = ${plural(boots.length, 'machine')}.`;
  const chart = boots.length <= barsAtMost ? bars(boots, summary) : histogram(boots, summary);
  return {
    id: 'boot',
    title: 'Boot times',
    body: figure({
      chart,
      caption: html`Time from the spawn of a machine to its first TCP answer. ${summary}${copies(result)}`,
      reading:
        'Where machines of one image differ in time, they differ in hardware, or the host was doing something else beside them.',
    }),
  };
}
