import { describe, expect, it } from 'vitest';
import { renderReport } from '../../src/report/html.js';
import type { Result } from '../../src/report/result.js';
import { fixtureNames } from './fixtures/index.js';
import { pages, results } from './fixtures/pages.js';
import { readTags, sectionOf, textOf } from './page-reader.js';

const usualIds = [
  'run',
  'fleet',
  'boot',
  'survey',
  'responses',
  'moved',
  'determinism',
  'accuracy',
  'confusion',
  'information',
];

const afterConfusion = ['classes', 'confidence', 'own-estimates'];

/** Sections of a page: conditions are there for a run that has several, others where anything was learnt. */
const idsOf = ({ conditions, experiments, information_gain: gains }: Result) =>
  usualIds.flatMap((id) => {
    if (id === 'accuracy' && conditions) return [id, 'conditions'];
    if (id === 'confusion' && experiments.length > 0) return [id, ...afterConfusion];
    return id === 'information' && gains.length > 0 ? [id, 'high-value'] : [id];
  });

describe.each(fixtureNames)('the page of the %s fixture', (name) => {
  const sectionIds = idsOf(results[name]);
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
