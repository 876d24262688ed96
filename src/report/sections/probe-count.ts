import { html, type Markup } from '../escape.js';
import { formatCount, plural } from '../format.js';
import { figure, howToRead } from '../page/blocks.js';
import type { Section } from '../page/section.js';
import { table } from '../page/table.js';
import type { ProbeCountResult } from '../probe-count-result.js';
import type { Result } from '../result.js';
import { markKey } from '../svg/mark.js';
import { sweepChart } from '../svg/sweep-chart.js';

const setName = ({ fields }: ProbeCountResult) =>
  fields === 'vetted' ? 'fields that nothing but the system moved' : 'all fields';

function numbers(one: ProbeCountResult): Markup {
  return table<ProbeCountResult['counts'][number]>({
    caption: `Pairs told apart by ${setName(one)}, of ${formatCount(one.pairs)}`,
    rows: one.counts,
    columns: [
      { heading: 'Probes', number: true, rowHeading: true, cell: ({ probes }) => formatCount(probes) },
      { heading: 'Mean', number: true, cell: ({ mean }) => mean.toFixed(1) },
      {
        heading: '95 % of the sets',
        number: true,
        cell: ({ range95: [low, high] }) => `${formatCount(low!)} to ${formatCount(high!)}`,
      },
    ],
  });
}

/** The paper's figure 2a; undefined where no experiment asked for it. */
export function probeCountSection({ probe_counts: all = [] }: Result): Section | undefined {
  const [first] = all;
  if (!first) return undefined;
  const places = first.counts.map(({ probes }) => ({
    ...{ label: formatCount(probes), number: Math.log10(probes) },
  }));
  const series = all.map((one, learnerIndex) => ({
    ...{ learnerIndex, kind: 0 as const },
    points: one.counts.map(({ mean, range95 }, place) => ({
      ...{ place, value: mean / one.pairs, low: range95[0]! / one.pairs, high: range95[1]! / one.pairs },
    })),
  }));
  const words = all.map(
    (one) =>
      `${setName(one)}: ${one.counts.map(({ mean, probes }) => `${probes} probes ${mean.toFixed(1)}`).join(', ')}`,
  );
  return {
    id: 'probe-count',
    title: 'Pairs told apart, by the number of probes',
    body: html`<ul class="legend">${all.map(
      (one, place) => html`<li>${markKey(place, 0, setName(one))} ${setName(one)}</li>`,
    )}</ul>${figure({
      chart: sweepChart({
        id: 'probe-count',
        title: 'Pairs of machines told apart, by the number of probes',
        description: `Of ${first.pairs} pairs. ${words.join('; ')}.`,
        ...{ places, series, baseline: undefined },
        xTitle: 'Probes (log scale)',
        yTitle: 'Pairs told apart, %',
      }),
      caption: `Pairs told apart by random sets of probes, n = ${plural(first.pairs, 'pair')} of ${plural(first.machines, 'machine')}, mean of ${plural(first.sets, 'set')} of each size; whiskers hold 95 % of the sets (paper, figure 2a).`,
    })}${howToRead(
      'Where the line is flat, more probes tell no more pairs apart. Pairs that all probes together leave alike cannot be told apart by these fields at all.',
    )}${all.map(numbers)}`,
  };
}
