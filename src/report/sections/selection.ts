import { html, type Markup, type Part } from '../escape.js';
import { formatCount, formatDuration, formatPoints, formatRatio, formatShare, plural } from '../format.js';
import { howToRead, nothing } from '../page/blocks.js';
import type { Section } from '../page/section.js';
import { table } from '../page/table.js';
import type { Result } from '../result.js';
import type { AccuracyLoss, SelectionResult } from '../selection-result.js';

type Loss = NonNullable<SelectionResult['loss']>;

function pairsTable({ loss, pairs }: SelectionResult): Markup {
  const rows = [
    { what: 'of the pilot, which the selection went by', ...pairs },
    ...(loss ? [{ what: 'of a machine that the selection did without, and another', ...loss.pairs }] : []),
  ];
  return table<(typeof rows)[number]>({
    caption: 'Pairs of machines told apart',
    rows,
    columns: [
      { heading: 'Pairs', rowHeading: true, cell: ({ what }) => what },
      { heading: 'Number', number: true, cell: ({ of }) => formatCount(of) },
      { heading: 'By all probes', number: true, cell: ({ all, of }) => formatRatio(all, of) },
      { heading: 'By selected probes', number: true, cell: ({ kept, of }) => formatRatio(kept, of) },
    ],
  });
}

function lossTable({ accuracy }: Loss): Markup {
  if (accuracy.length === 0)
    return nothing(
      'The machines of the pilot are all of one class, or no two of them are: there is no accuracy to lose.',
    );
  return table<AccuracyLoss>({
    caption: 'Accuracy on the pilot by all probes and by selected ones',
    rows: accuracy,
    sortable: true,
    className: 'accuracy',
    columns: [
      { heading: 'Hierarchy', rowHeading: true, cell: ({ hierarchy }) => hierarchy },
      { heading: 'Level', number: true, cell: ({ level }) => level },
      { heading: 'Learner', cell: ({ learner }) => learner },
      { heading: 'All', number: true, cell: ({ all }) => formatShare(all), key: ({ all }) => all },
      { heading: 'Selected', number: true, cell: ({ kept }) => formatShare(kept), key: ({ kept }) => kept },
      {
        heading: 'Lost, points',
        number: true,
        cell: ({ lost }) => formatPoints(lost),
        key: ({ lost }) => lost,
      },
      {
        heading: '95 % interval',
        number: true,
        cell: ({ ci95: [low, high] }) => `${formatPoints(low)} to ${formatPoints(high)}`,
        key: ({ ci95: [, high] }) => high,
      },
      { heading: 'Right by all only', number: true, cell: ({ only_all }) => formatCount(only_all) },
      { heading: 'By selected only', number: true, cell: ({ only_kept }) => formatCount(only_kept) },
      { heading: 'Machines', number: true, cell: ({ machines }) => formatCount(machines) },
      { heading: 'Alone', number: true, cell: ({ alone }) => formatCount(alone) },
    ],
  });
}

function reading({ folds }: Loss, machines: number): Part {
  const left = folds < machines ? `was left out with one of ${folds} parts of the pilot` : 'was left out';
  return `Each machine of the pilot ${left}; probes were selected by the others alone, as many as for the run, and models of the others named it, once by all probes and once by those. Lost is the first accuracy less the second, with Newcombe's interval for paired shares, by machine: of so few machines it is wide, and a loss of nothing does not prove that there is none. A machine that is alone in its class cannot be named rightly and is left out of count. All of this is about the pilot: machines that were not in it may differ in probes that were not selected, and nothing here can tell.`;
}

/** How the probes were selected and what it costs; undefined where all were sent. */
export function selectionSection({ selection }: Result): Section | undefined {
  if (!selection) return undefined;
  const { generated, kept, loss, pilot } = selection;
  const sum = kept.split + kept.gain + kept.random;
  return {
    id: 'selection',
    title: 'Selected probes',
    body: html`<p>Of ${plural(generated, 'probe')} every machine was sent ${formatCount(sum)}: ${formatCount(kept.split)} tell machines of the pilot apart that none of the others does, ${formatCount(kept.gain)} show what else splits them, and ${formatCount(kept.random)} were drawn at random.${
      pilot &&
      html` The pilot, ${plural(pilot.machines, 'machine')} with all probes, took ${plural(pilot.packets_sent, 'packet')} and ${formatDuration(1000 * pilot.wall_s)}, which are not in the other figures.`
    }</p>${pairsTable(selection)}${
      loss && pilot
        ? html`${lossTable(loss)}${howToRead(reading(loss, pilot.machines))}`
        : nothing(
            'The answers of the pilot are not in this run, so that it cannot tell what accuracy is lost.',
          )
    }`,
  };
}
