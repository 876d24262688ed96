import { describe, expect, it } from 'vitest';
import { renderReport } from '../../src/report/html.js';
import { parseResult } from '../../src/report/parse.js';
import type { Result } from '../../src/report/result.js';
import { renderText, textWidth } from '../../src/report/text.js';
import { small } from './fixtures/index.js';
import { readTags, sectionOf, tableOf, textOf } from './page-reader.js';

const figure = { hierarchy: 'kernel', learner: 'c45', machines: 14, alone: 2, classes: 3 } as const;
const selection: NonNullable<Result['selection']> = {
  generated: 50_000,
  kept: { split: 12, gain: 228, random: 60 },
  pairs: { of: 120, all: 118, kept: 118 },
  pilot: { machines: 16, packets_sent: 4_800_000, wall_s: 84 },
  loss: {
    folds: 16,
    pairs: { of: 240, all: 236, kept: 230 },
    accuracy: [
      { ...figure, level: 0, all: 1, kept: 1, lost: 0, ci95: [-0.215, 0.215], only_all: 0, only_kept: 0 },
      {
        ...{ ...figure, level: 1, all: 12 / 14, kept: 11 / 14, lost: 1 / 14, ci95: [-0.12, 0.26] },
        ...{ only_all: 1, only_kept: 0 },
      },
      {
        ...{ ...figure, level: 2, all: 6 / 14, kept: 7 / 14, lost: -1 / 14, ci95: [-0.26, 0.12] },
        ...{ only_all: 0, only_kept: 1 },
      },
    ],
  },
};
const of = (given: Result['selection']): Result => ({ ...small(), selection: given });
const { pilot: _pilot, loss: _loss, ...merged } = selection;
const linesOf = (given: Result['selection']) =>
  renderText(of(given))
    .split(/^(?=\S)/m)
    .find((part) => part.startsWith('Selection'))
    ?.split('\n')
    .slice(0, -1);

describe('selected probes in the report', () => {
  it('are left out where all were sent', () => {
    expect(renderReport(small())).not.toContain('id="selection"');
    expect(renderText(small())).not.toContain('Selection');
  });

  it('are part of the contract', () => {
    expect(parseResult(JSON.parse(JSON.stringify(of(selection))), 'result.json').selection).toEqual(
      selection,
    );
    const wrong = JSON.parse(JSON.stringify(of(selection)));
    wrong.selection.loss.accuracy[0].lost = 2;
    expect(() => parseResult(wrong, 'r.json')).toThrow(
      /selection\.loss\.accuracy\[0\]\.lost: expected at most 1/,
    );
  });

  it('say on the page what they cost, and of what machines that is true', () => {
    const page = renderReport(of(selection));
    readTags(page);
    expect(tableOf(page, 'Pairs of machines told apart')).toEqual([
      ['of the pilot, which the selection went by', '120', '98.3 %', '98.3 %'],
      ['of a machine that the selection did without, and another', '240', '98.3 %', '95.8 %'],
    ]);
    const rows = tableOf(page, 'Accuracy on the pilot by all probes and by selected ones');
    expect(rows).toHaveLength(3);
    expect(rows[1]).toEqual([
      'kernel',
      '1',
      'c45',
      '85.7 %',
      '78.6 %',
      '+7.1',
      '−12.0 to +26.0',
      '1',
      '0',
      '14',
      '2',
    ]);
    const text = textOf(sectionOf(page, 'selection'));
    expect(text).toContain('Of 50,000 probes every machine was sent 300');
    expect(text).toContain('16 machines with all probes, took 4,800,000 packets and 1 min 24 s');
    expect(text).toContain('machines that were not in it may differ in probes that were not selected');
  });

  it('take few lines of the terminal: the greatest loss, and how many figures have none', () => {
    expect(linesOf(selection)).toEqual([
      'Selection   300 of 50,000 probes, by a pilot of 16 machines: 4,800,000 packets, 1 min 24 s',
      '            pairs that they and all probes tell apart: 118 and 118 of 120',
      '            with one of the two unseen by the selection: 230 and 236 of 240',
      '            accuracy lost on the pilot: none in 2 of 3 figures; most by c45, kernel 1:',
      '            +7.1 points (95 % CI −12.0 to +26.0, 14 machines)',
    ]);
    const { loss } = selection;
    const without = (accuracy: NonNullable<typeof loss>['accuracy']) =>
      linesOf({ ...selection, loss: { ...loss!, accuracy } })!.at(-1);
    expect(without(loss!.accuracy.slice(0, 1))).toBe(
      '            accuracy lost on the pilot: none in 1 figure (95 % CI −21.5 to +21.5, 14 machines)',
    );
    expect(without([])).toContain('not known: its machines are all of one class, or no two are');
    for (const line of linesOf(selection)!) expect(line.length).toBeLessThanOrEqual(textWidth);
  });

  it('say what is not known where the pilot is not at hand', () => {
    expect(linesOf(merged)).toHaveLength(2);
    expect(textOf(sectionOf(renderReport(of(merged)), 'selection'))).toContain(
      'it cannot tell what accuracy is lost',
    );
  });
});
