import { finding, noisePanels, panelName, pointAt, trainingWord } from '../analysis/noise.js';
import type { NoiseResult } from '../condition-result.js';
import { formatCount, formatRatio, formatShare, plural } from '../format.js';
import type { Result } from '../result.js';
import { grid } from './grid.js';

const widestName = 30;
const widestHeading = 22;

function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.replaceAll('\u00a0', ' ').split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

const heading = (one: NoiseResult) => `${one.learner} ${trainingWord(one)}`;

const legends = {
  clean: (clean: string) => `“clean” under “${clean}” alone`,
  noisy: () => '“all” under all',
  others: () => '“others” under all but the one tested',
} as const;

/** What the words of the headings mean. */
function legend(series: readonly NoiseResult[]): string {
  const trainings = [...new Set(series.map(({ trained }) => trained))];
  return trainings.map((trained) => legends[trained](series[0]!.clean)).join(', ');
}

/** As many series in a table as fit beside the names of the conditions. */
function tables(series: readonly NoiseResult[], room: number): NoiseResult[][] {
  const split: NoiseResult[][] = [];
  let left = -1;
  for (const one of series) {
    const wide = Math.min(widestHeading, heading(one).length) + 2;
    if (left < wide) {
      split.push([]);
      left = room;
    }
    split.at(-1)!.push(one);
    left -= wide;
  }
  return split;
}

/** What the conditions did to answers and accuracy, for the terminal; nothing where a run had only one. */
export function noiseLines(result: Result, width: number): string[] {
  const { conditions } = result;
  if (!conditions || conditions.length === 0) return [];
  const pairs = ({ answered, silent, partial }: (typeof conditions)[number]) => answered + silent + partial;
  const names = Math.max(9, ...conditions.map(({ name }) => Math.min(widestName, name.length)));
  return [
    `Conditions  ${plural(conditions.length, 'network condition')}; what is said above is of the first`,
    ...grid(
      [
        { heading: 'condition', widest: widestName },
        { heading: 'machines', right: true },
        { heading: 'lost', right: true },
        { heading: 'answered', right: true },
        { heading: 'silent', right: true },
        { heading: 'partial', right: true },
        { heading: 'NONDET', right: true },
        { heading: 'changed', right: true },
      ],
      conditions.map((one) => [
        one.name,
        formatCount(one.machines),
        formatCount(one.lost_by_path),
        formatRatio(one.answered, pairs(one)),
        formatRatio(one.silent, pairs(one)),
        formatRatio(one.partial, pairs(one)),
        formatRatio(one.nondeterministic, one.values),
        formatRatio(one.changed, one.compared),
      ]),
    ),
    ...noisePanels(result).flatMap((panel) => [
      `Noise       accuracy, ${panelName(panel)}`,
      ...wrapped(`trained: ${legend(panel.series)}`, width - 12).map((line) => `            ${line}`),
      ...tables(panel.series, width - 2 - names).flatMap((series) =>
        grid(
          [
            { heading: 'condition', widest: widestName },
            ...series.map((one) => ({ heading: heading(one), right: true, widest: widestHeading })),
          ],
          conditions.map(({ name }) => [
            name,
            ...series.map((one) => {
              const point = pointAt(one, name);
              return point ? formatShare(point.accuracy) : '–';
            }),
          ]),
        ),
      ),
      ...wrapped(finding(panel), width - 2).map((line) => `  ${line}`),
    ]),
  ];
}
