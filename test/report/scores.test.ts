import { describe, expect, it } from 'vitest';
import { bySetting } from '../../src/report/analysis/settings.js';
import { formatInterval, formatShare } from '../../src/report/format.js';
import { renderReport } from '../../src/report/html.js';
import { pages, results } from './fixtures/pages.js';
import { sectionOf, tableOf, textOf } from './page-reader.js';

const plain = (text: string) => text.replaceAll('\u00a0', ' ');
const { medium } = results;
const finest = medium.experiments.filter(({ level }) => level === 2);
const hardest = finest.reduce((least, one) => (one.accuracy < least.accuracy ? one : least));
const setting = bySetting(medium.experiments).find(({ experiments }) => experiments.includes(hardest))!;

describe('settings', () => {
  it('put learners together that had the same labels, fields and folds', () => {
    const settings = bySetting(medium.experiments);
    expect(settings).toHaveLength(12);
    expect(settings.flatMap(({ experiments }) => experiments)).toHaveLength(medium.experiments.length);
    for (const { experiments } of settings)
      expect(new Set(experiments.map((e) => `${e.hierarchy} ${e.level} ${e.fields}`)).size).toBe(1);
    const [first] = bySetting([{ ...hardest, hierarchy: 'kernel', fields: 'all', split: 'by-image' }]);
    expect(first!.name).toBe('kernel level 2, by-image');
  });
});

describe('precision and recall', () => {
  it('are shown by class, with intervals, for the learners of the hardest setting', () => {
    const rows = tableOf(pages.medium, `Recall and precision by class, ${setting.name}`);
    const [first] = setting.experiments;
    expect(rows.map(([label]) => label)).toEqual(first!.per_class!.map(({ label }) => label));
    const { recall, recall_ci95: interval } = first!.per_class![0]!;
    expect(rows[0]![2]).toBe(plain(`${formatShare(recall!)} ${formatInterval(interval!)}`));
    expect(rows[0]).toHaveLength(2 + 2 * setting.experiments.length);
  });

  it('say where a class was never named', () => {
    const none = { recall: 0, precision: null, precision_ci95: null };
    const experiments = medium.experiments.map((one) => ({
      ...one,
      per_class: one.per_class!.map((scores) => ({ ...scores, ...none })),
    }));
    expect(textOf(sectionOf(renderReport({ ...medium, experiments }), 'classes'))).toContain('never named');
  });
});

describe('confidence', () => {
  const section = sectionOf(pages.medium, 'confidence');

  it.each(['reliability', 'abstention'] as const)('is drawn with its intervals: %s', (curve) => {
    const chart = new RegExp(`<svg[^>]*"${curve}-${setting.slug}-t[\\s\\S]*?</svg>`).exec(section)![0];
    const points = setting.experiments.flatMap((one): readonly object[] => one[curve]!);
    expect([...chart.matchAll(/class="(?:solid|hollow)"/g)]).toHaveLength(points.length);
    expect([...chart.matchAll(/class="whisker/g)]).toHaveLength(points.length);
    expect([...chart.matchAll(/class="line"/g)]).toHaveLength(setting.experiments.length);
    expect(chart.includes('class="baseline"')).toBe(curve === 'reliability');
  });

  it('places points by confidence and accuracy', () => {
    const chart = new RegExp(`<svg[^>]*"reliability-${setting.slug}-t[\\s\\S]*?</svg>`).exec(section)![0];
    const [, x1, y1, x2, y2] = /class="baseline" x1="([\d.]+)" y1="([\d.]+)" x2="([\d.]+)" y2="([\d.]+)"/
      .exec(chart)!
      .map(Number) as [number, number, number, number, number];
    const [line] = [...chart.matchAll(/class="line" d="M([^"]+)"/g)];
    const drawn = line![1]!.split('L').map((point) => point.split(' ').map(Number));
    const bins = setting.experiments[0]!.reliability!;
    expect(drawn).toHaveLength(bins.length);
    for (const [place, { accuracy, confidence }] of bins.entries()) {
      expect((drawn[place]![0]! - x1) / (x2 - x1)).toBeCloseTo(confidence, 3);
      expect((drawn[place]![1]! - y1) / (y2 - y1)).toBeCloseTo(accuracy, 3);
    }
  });

  it('is summed up for every experiment', () => {
    const rows = tableOf(pages.medium, 'Confidence of all experiments');
    expect(rows).toHaveLength(medium.experiments.length);
    const [first] = bySetting(medium.experiments)[0]!.experiments;
    const bins = first!.reliability!;
    const off = bins.reduce((sum, bin) => sum + Math.abs(bin.confidence - bin.accuracy), 0) / bins.length;
    expect(rows[0]![3]).toBe(plain(formatShare(off)));
    // Of 100, 60 and 20 % answered it is the second.
    const half = first!.abstention![1]!;
    expect(rows[0]![4]).toBe(plain(`${formatShare(half.accuracy)} ${formatInterval(half.ci95!)}`));
    expect(rows[0]![5]).toBe('60.0 %');
  });

  it('has its exact numbers', () => {
    const rows = tableOf(pages.medium, `Accuracy when doubtful answers are withheld, ${setting.name}`);
    const { accuracy, answered, ci95, threshold } = setting.experiments[0]!.abstention![0]!;
    expect(rows[0]!.slice(1)).toEqual(
      [
        formatShare(answered),
        formatShare(accuracy),
        formatInterval(ci95!),
        `from ${formatShare(threshold)}`,
      ].map(plain),
    );
  });
});

describe('what models know of themselves', () => {
  it('stands beside their accuracy on other machines', () => {
    const rows = tableOf(pages.medium, 'Out-of-bag estimates');
    const forest = rows.find(([, , learner]) => learner === 'forest')!;
    const of = medium.experiments.find(({ learner }) => learner === 'forest')!;
    expect(forest[6]).toBe(plain(`${formatShare(of.out_of_bag!)} ${formatInterval(of.out_of_bag_ci95!)}`));
    expect(rows.find(([, , learner]) => learner === 'knn')![7]).toBe('k = 5: 7');
    const [first, second] = tableOf(pages.medium, 'Columns on which the trees hang most');
    expect(first).toEqual(['tcp.window', '#3', '7', '4.56', '1.00 to 9.00']);
    expect(second).toEqual(['ip.ttl', '#0', '0', '−0.10', '−2.00 to 0.00']);
  });
});

describe('fields of most value', () => {
  it('are listed with what moved them on one image', () => {
    const [gain] = medium.information_gain.filter(({ entropy }) => entropy > 0);
    const [field] = gain!.high_value!.fields;
    const moved = [
      {
        ...{ image: 'linux-6.12', cause: 'ram' as const, machines: 2 },
        fields: [{ field: field!, probes: 1, probe: 0, values: [] }],
      },
    ];
    const page = renderReport({ ...medium, moved });
    const row = tableOf(page, 'Fields of most value').find(
      ([hierarchy, level, name]) =>
        hierarchy === gain!.hierarchy && level === String(gain!.level) && name === field,
    )!;
    const own = gain!.high_value!.choices.filter((choice) => choice.field === field);
    expect(row[3]).toBe(String(own.length));
    expect(row[4]).toBe(String(own[0]!.machines));
    expect(row[6]).toBe('ram');
    expect(tableOf(pages.medium, 'Fields of most value').some((cells) => cells[6] === 'ram')).toBe(false);
  });

  it('come with the probes whose responses tell most', () => {
    const gain = medium.information_gain.find(({ level }) => level === 2)!;
    const rows = tableOf(pages.medium, `Information gain of probes, ${gain.hierarchy} level 2`);
    expect(rows.map(([probe]) => probe)).toEqual(gain.probes!.map(({ probe }) => `#${probe}`));
  });
});

it('a result of an earlier version has none of these, and a page all the same', () => {
  const experiments = medium.experiments.map(
    ({ abstention, chosen, important, out_of_bag, per_class, reliability, ...one }) => one,
  );
  const gains = medium.information_gain.map(({ high_value, probes, ...one }) => one);
  const page = renderReport({ ...medium, experiments, information_gain: gains });
  for (const id of ['classes', 'confidence', 'own-estimates', 'high-value'])
    expect(page).not.toContain(`id="${id}"`);
});
