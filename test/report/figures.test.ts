import { describe, expect, it } from 'vitest';
import { renderReport } from '../../src/report/html.js';
import { pages, results } from './fixtures/pages.js';
import { sectionOf, tableOf, textOf } from './page-reader.js';

describe('the fleet', () => {
  it('shows the counts of every machine, failed ones too', () => {
    const { machines } = results.medium;
    const rows = tableOf(pages.medium, 'The fleet');
    expect(rows.length).toBe(24);
    rows.forEach((cells, index) => {
      const machine = machines[index]!;
      const count = (value: number) => value.toLocaleString('en-US');
      expect(cells[0]).toContain(machine.id);
      expect(cells[0]).toContain(machine.image);
      expect(cells[1]).toBe(`${machine.labels.kernel[2]} ${machine.labels.distribution[2]}`);
      expect(cells.slice(6, 13)).toEqual(
        [
          machine.packets_sent,
          machine.packets_received,
          machine.answered,
          machine.silent,
          machine.partial,
          machine.unmatched,
          machine.late,
        ].map(count),
      );
      expect(machine.digest.startsWith(cells[13]!)).toBe(true);
    });
  });

  it('gives the reason and the console of a failed machine', () => {
    const text = textOf(sectionOf(pages.medium, 'fleet'));
    expect(text).toContain('The machine that failed openbsd-7.7-023 : no TCP answer on port 22 within 60 s');
    expect(text).toContain('Kernel panic - not syncing');
  });
});

describe('the responses', () => {
  /** Cells of each kind in one drawn row, read back from the lengths of its strokes. */
  function cells(shape: string): Record<string, number> {
    const found: Record<string, number> = {};
    for (const [, kind, d] of shape.matchAll(/<path class="k-([\w-]+)" d="([^"]*)"/g)) {
      const strokes = [...d!.matchAll(/h(\d+)/g)].reduce((sum, match) => sum + Number(match[1]), 0);
      found[kind!] = kind === 'udp' ? strokes / 2 : strokes;
    }
    return found;
  }

  it('draws for every machine as many cells of each kind as it has responses', () => {
    const map = /<svg[^>]*aria-labelledby="response-map[\s\S]*?<\/svg>/.exec(pages.medium)![0];
    const shapes = new Map(
      [...map.matchAll(/<g id="([\w-]+)"[^>]*>([\s\S]*?)<\/g>/g)].map(([, id, shape]) => [id!, shape!]),
    );
    const drawn = new Map<string, string>();
    for (const [, label, own, used] of map.matchAll(
      /<text class="label end"[^>]*>([^<]*)<\/text>[\s\S]*?(?:<g id="([\w-]+)"|<use href="#([\w-]+)")/g,
    )) {
      drawn.set(label!, shapes.get(own ?? used!)!);
    }
    const names = { S: 'syn-ack', R: 'rst', A: 'tcp', I: 'icmp', U: 'udp', p: 'partial' };
    for (const { id, responses, status } of results.medium.machines) {
      if (status === 'failed') {
        expect(drawn.has(id)).toBe(false);
        continue;
      }
      const expected = Object.entries(names).flatMap(([code, kind]) => {
        const count = responses.split(code).length - 1;
        return count === 0 ? [] : [[kind, count]];
      });
      expect(cells(drawn.get(id)!)).toEqual(Object.fromEntries(expected));
    }
  });

  it('says how many behaviour groups there are, loss aside', () => {
    expect(textOf(sectionOf(pages.medium, 'responses'))).toContain('23 machines in 8 behaviour groups');
    const lossy = textOf(sectionOf(pages.lossy, 'responses'));
    expect(lossy).toContain('30 machines in 8 behaviour groups');
    expect(lossy).toContain('if it did, there would be 30 groups');
  });
});

describe('determinism', () => {
  it('prints every count of both histograms, zero too, and says when an axis is logarithmic', () => {
    const section = sectionOf(pages.medium, 'determinism');
    const charts = [...section.matchAll(/<svg class="fluid"[\s\S]*?<\/svg>/g)].map(([chart]) => chart);
    const counts = charts.map((chart) =>
      [...chart.matchAll(/class="value mid"[^>]*>([^<]*)</g)].map((match) =>
        Number(match[1]!.replaceAll(',', '')),
      ),
    );
    const { unique_values, answered_copies } = results.medium.determinism;
    expect(counts).toEqual([unique_values, answered_copies]);
    expect(charts[0]).toContain('(log scale)');
    expect(charts[1]).not.toContain('log scale');
  });

  it('draws how many copies find what fields, where that is told', () => {
    const agreeing = [900, 870, ...new Array<number>(28).fill(850)];
    const told = { ...results.medium, determinism: { ...results.medium.determinism, agreeing } };
    const section = sectionOf(renderReport(told), 'determinism');
    expect(section).toContain('id="agreeing-copies');
    const chart = [...section.matchAll(/<svg class="fluid"[\s\S]*?<\/svg>/g)][2]![0];
    const bars = chart.match(/<rect class="bar"/g)!;
    // One to twelve copies, 24, and all 30.
    expect(bars).toHaveLength(14);
    expect(textOf(section)).toContain('50 (5.56 %) differ among 30 copies, and two copies miss 20 of them');
    expect(pages.medium).not.toContain('agreeing-copies');
  });

  it('lists constant and nondeterministic values of every field', () => {
    const rows = tableOf(pages.medium, 'Constant and nondeterministic');
    const read = rows.map(([field, constant, varying]) => ({
      field,
      constant: Number(constant!.replaceAll(',', '')),
      nondeterministic: Number(varying!.replaceAll(',', '')),
    }));
    const byName = (a: { field?: string | undefined }, b: { field?: string | undefined }) =>
      a.field! < b.field! ? -1 : 1;
    expect(read.sort(byName)).toEqual([...results.medium.determinism.by_field].sort(byName));
  });
});

describe('accuracy', () => {
  it('tabulates every experiment with its interval, classes and machines', () => {
    for (const hierarchy of ['kernel', 'distribution'] as const) {
      const rows = tableOf(pages.medium, `Accuracy in the ${hierarchy} hierarchy`);
      const own = results.medium.experiments.filter((e) => e.hierarchy === hierarchy);
      expect(rows.length).toBe(own.length);
      rows.forEach((cells, index) => {
        const { level, learner, fields, accuracy, ci95, classes, machines } = own[index]!;
        expect(cells[0]).toBe(String(level));
        expect(cells[1]).toContain(learner);
        expect(cells[2]).toBe(fields);
        expect(Number.parseFloat(cells[3]!)).toBeCloseTo(100 * accuracy, 0);
        expect(cells[4]!.split('–').map(Number.parseFloat).map(Math.round)).toEqual(
          ci95.map((end) => Math.round(Number((100 * end).toPrecision(3)))),
        );
        expect(cells.slice(9, 11)).toEqual([String(machines), String(classes)]);
      });
    }
  });

  it('draws a point with a whisker for every experiment and names each series in the legend', () => {
    const section = sectionOf(pages.medium, 'accuracy');
    expect(section.match(/class="whisker"/g)?.length).toBe(results.medium.experiments.length);
    const legend = textOf(/<ul class="legend"[\s\S]*?<\/ul>/.exec(section)![0]);
    for (const learner of ['forest', 'svm', 'knn', 'nmap']) {
      expect(legend).toContain(`${learner}, all fields`);
      expect(legend).toContain(`${learner}, stable fields`);
    }
  });

  it('shows the confusion matrix of the least accurate experiment of the finest level', () => {
    const finest = results.medium.experiments.filter((experiment) => experiment.level === 2);
    const least = Math.min(...finest.map((experiment) => experiment.accuracy));
    const chosen = finest.find((experiment) => experiment.accuracy === least)!;
    const rows = tableOf(pages.medium, 'Confusion, ');
    const read = rows.map((cells) => cells.slice(1, -1).map((cell) => Number(cell || '0')));
    expect(read).toEqual(chosen.confusion.counts);
    expect(rows.map((cells) => cells[0])).toEqual(chosen.confusion.labels);
  });

  it('ranks fields by gain against the entropy of the labels', () => {
    const gain = results.medium.information_gain.find((g) => g.hierarchy === 'kernel' && g.level === 2)!;
    const best = gain.fields.reduce((a, b) => (b.gain > a.gain ? b : a));
    const rows = tableOf(pages.medium, 'Information gain of fields, kernel level 2');
    expect(rows[0]!.slice(0, 2)).toEqual([best.field, `${best.gain.toFixed(2)} bits`]);
    expect(rows[0]![3]).toBe(`#${best.probe}`);
    expect(sectionOf(pages.medium, 'information')).toContain(
      `label entropy ${gain.entropy.toFixed(2)}\u00a0bits`,
    );
  });
});
