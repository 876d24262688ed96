import { describe, expect, it } from 'vitest';
import { renderReport } from '../../src/report/html.js';
import type { Result } from '../../src/report/result.js';
import { type FixtureName, fixtureNames, makers } from './fixtures/index.js';
import { readTags, sectionOf, tableOf, textOf } from './page-reader.js';

const results = Object.fromEntries(Object.entries(makers).map(([name, make]) => [name, make()])) as Record<
  keyof typeof makers,
  Result
>;
const pages = Object.fromEntries(
  Object.entries(results).map(([name, result]) => [name, renderReport(result)]),
) as Record<FixtureName, string>;

const sectionIds = [
  'run',
  'fleet',
  'boot',
  'responses',
  'determinism',
  'accuracy',
  'confusion',
  'information',
];

describe.each(fixtureNames)('the page of the %s fixture', (name) => {
  const page = pages[name];
  const tags = readTags(page);

  it('has every section once, in order, and a link to each in the contents', () => {
    const sections = tags.filter((tag) => tag.name === 'section').map((tag) => tag.attributes.get('id'));
    expect(sections).toEqual(sectionIds);
    const nav = /<nav[\s\S]*?<\/nav>/.exec(page)![0];
    expect([...nav.matchAll(/href="#([\w-]+)"/g)].map((match) => match[1])).toEqual(sectionIds);
  });

  it('loads nothing and leads nowhere but into itself', () => {
    const ids = new Set(tags.map((tag) => tag.attributes.get('id')));
    const names = new Set(tags.flatMap((tag) => [...tag.attributes.keys()]));
    for (const name of ['src', 'srcset', 'action', 'data', 'xlink:href', 'poster', 'background']) {
      expect(names).not.toContain(name);
    }
    const targets = tags.flatMap((tag) => tag.attributes.get('href') ?? []);
    expect(targets.filter((target) => !target.startsWith('#') || !ids.has(target.slice(1)))).toEqual([]);
    expect(new Set(tags.map((tag) => tag.name))).not.toContain('link');
    expect(page).not.toMatch(/https?:/i);
    expect(page).not.toMatch(/url\(|@import/i);
    expect(page).toContain("default-src 'none'");
  });

  it('gives every id once, and every drawing a title that is not empty', () => {
    const ids = tags.flatMap((tag) => tag.attributes.get('id') ?? []);
    expect(ids.length).toBe(new Set(ids).size);
    for (const [, attributes, content] of page.matchAll(/<svg([^>]*)>([\s\S]*?)<\/svg>/g)) {
      expect(content).toMatch(/^<title(?: id="[\w-]+")?>[^<]+<\/title>/);
      if (attributes!.includes('role="img"')) expect(content).toMatch(/<desc id="[\w-]+">[^<]+<\/desc>/);
      else expect(attributes).toContain('aria-hidden="true"');
    }
  });

  it('gives every table a caption and every heading cell a scope', () => {
    for (const [table] of page.matchAll(/<table[\s\S]*?<\/table>/g)) {
      expect(table).toMatch(/^<table[^>]*><caption>[^<]+<\/caption>/);
    }
    const scopes = tags.filter((tag) => tag.name === 'th').map((tag) => tag.attributes.get('scope'));
    expect(scopes.filter((scope) => scope !== 'row' && scope !== 'col')).toEqual([]);
  });

  it('does not let headings skip a level', () => {
    const levels = tags.flatMap((tag) => /^h([1-6])$/.exec(tag.name)?.[1] ?? []).map(Number);
    expect(levels[0]).toBe(1);
    levels.reduce((before, level) => {
      expect(level).toBeLessThanOrEqual(before + 1);
      return level;
    });
  });

  it('is the same when made again, and prints no value that is none', () => {
    expect(renderReport(results[name])).toBe(page);
    expect(textOf(page.replace(/<script>[\s\S]*<\/script>/, ''))).not.toMatch(
      /\b(NaN|undefined|null|Infinity)\b|\[object/,
    );
  });
});

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

describe('what is missing', () => {
  it('is said in a sentence when every machine failed', () => {
    const text = textOf(pages.allFailed);
    for (const sentence of [
      'The 5 machines that failed',
      'No machine was measured',
      'No machine reached its first TCP answer.',
      'No machine has responses on record.',
      'nothing can be said about determinism',
      'No learner was trained',
      'Information gain was not computed.',
    ]) {
      expect(text).toContain(sentence);
    }
    expect(pages.allFailed).not.toContain('role="img"');
  });

  it('is said when there are no machines and when the path is empty', () => {
    expect(textOf(pages.noMachines)).toContain('The run has no machines.');
    expect(textOf(pages.medium)).toContain('Nothing on the path changes, delays or drops a packet.');
    expect(textOf(pages.lossy)).not.toContain('Nothing on the path changes');
  });

  it('is said for a hierarchy without experiments, and for labels without entropy', () => {
    const kernelOnly = {
      ...results.medium,
      experiments: results.medium.experiments.filter((experiment) => experiment.hierarchy === 'kernel'),
      information_gain: [{ hierarchy: 'kernel' as const, level: 0, entropy: 0, fields: [] }],
    };
    const text = textOf(renderReport(kernelOnly));
    expect(text).toContain('No experiment was run in the distribution hierarchy.');
    expect(text).toContain('All machines carry the same label');
  });

  it('does not hide a machine that answered nothing', () => {
    const machine = { ...results.small.machines[0]!, responses: '.'.repeat(40) };
    const text = textOf(renderReport({ ...results.small, machines: [machine] }));
    expect(text).toContain('1 machine in 1 behaviour group');
  });
});

describe('hostile strings', () => {
  it('are shown as text and never become markup', () => {
    const tags = readTags(pages.hostile);
    expect(tags.filter((tag) => tag.name === 'script').length).toBe(1);
    expect(tags.some((tag) => tag.name === 'img')).toBe(false);
    const names = tags.flatMap((tag) => [...tag.attributes.keys()]);
    expect(names.filter((name) => name.startsWith('on'))).toEqual([]);
    expect(pages.hostile.match(/<\/script>/g)?.length).toBe(1);
    expect(textOf(sectionOf(pages.hostile, 'fleet'))).toContain('</script><script>alert(1)</script>');
  });

  it('cannot hide characters', () => {
    expect(/[\p{Cc}\p{Cf}\p{Cs}]/u.test(pages.hostile.replaceAll('\n', ''))).toBe(false);
    expect(pages.hostile).toContain('\\x1b[2J\\u{202e}evil\\x00');
  });
});

describe('size', () => {
  it('stays under half a megabyte for 30 machines x 1,000 probes and under one for the paper-sized fleet', () => {
    expect(Buffer.byteLength(pages.lossy)).toBeLessThan(500_000);
    expect(Buffer.byteLength(pages.large)).toBeLessThan(1_000_000);
  });
});
