import { describe, expect, it } from 'vitest';
import { finding, noisePanels, sweptNumbers } from '../../src/report/analysis/noise.js';
import { renderReport } from '../../src/report/html.js';
import { parseResult } from '../../src/report/parse.js';
import { renderText, textWidth } from '../../src/report/text.js';
import { small } from './fixtures/index.js';
import { leftOutNoise, namedNoise, sweptNoise } from './fixtures/synthetic-noise.js';
import { sectionOf, tableOf, textOf } from './page-reader.js';

const swept = { ...small(), ...sweptNoise() };
const named = { ...small(), ...namedNoise() };
const chartOf = (page: string) =>
  /<svg[^>]*noise-kernel-0[\s\S]*?<\/svg>/.exec(sectionOf(page, 'conditions'))![0];
const marksOf = (chart: string) => [...chart.matchAll(/class="(?:solid|hollow)"/g)].length;

describe('network conditions in the report', () => {
  it('are left out of a run that has only one', () => {
    expect(renderReport(small())).not.toContain('id="conditions"');
    expect(renderText(small())).not.toContain('Conditions');
  });

  it('are part of the contract', () => {
    expect(parseResult(JSON.parse(JSON.stringify(swept)), 'result.json')).toEqual(swept);
  });

  it('show what they did to the answers, and which machines failed', () => {
    const page = renderReport(swept);
    const rows = tableOf(page, 'What the conditions did to the answers');
    expect(rows.map(([name]) => name)).toEqual(['loss 0%', 'loss 1%', 'loss 5%', 'loss 60%']);
    expect(rows[3]).toEqual(['loss 60%', '20', '3,600', '26.0 %', '50.0 %', '24.0 %', '5.00 %', '0 %']);
    expect(textOf(sectionOf(page, 'conditions'))).toContain('m-20 under loss 60%: no TCP answer');
  });

  it('place a sweep by its numbers and join its points', () => {
    expect(sweptNumbers(swept.conditions)).toEqual([0, 1, 5, 60]);
    const chart = chartOf(renderReport(swept));
    expect(marksOf(chart)).toBe(16);
    expect([...chart.matchAll(/class="line(?: dashed)?"/g)]).toHaveLength(4);
    const [first, second, third, last] = [...chart.matchAll(/<line class="axis" x1="([\d.]+)" x2="\1"/g)].map(
      (match) => Number(match[1]),
    );
    expect((second! - first!) / (last! - first!)).toBeCloseTo(1 / 60, 3);
    expect((third! - first!) / (last! - first!)).toBeCloseTo(5 / 60, 3);
  });

  it('place names side by side and do not join them', () => {
    expect(sweptNumbers(named.conditions)).toBeUndefined();
    const chart = chartOf(renderReport(named));
    expect(marksOf(chart)).toBe(12);
    expect(chart).not.toContain('class="line');
    expect(textOf(chart)).toContain('load-balancer-syn-proxy');
  });

  it('say in words what was found, from the figures', () => {
    const text = finding(noisePanels(swept)[0]!);
    expect(text.replaceAll('\u00a0', ' ')).toBe(
      'Trained under “loss 0%” alone, tree lost most: it named 100 % (83.9–100 %) of the machines under “loss 0%” and 0 % ' +
        '(0–16.1 %) under “loss 60%”; the two intervals do not overlap. Trained under all conditions it named 80.0 % ' +
        '(58.4–91.9 %) there; the most frequent class alone is 40.0 %. No condition lowered the accuracy of forest.',
    );
    const unharmed = noisePanels({
      ...swept,
      noise: swept.noise.filter(({ learner }) => learner === 'forest'),
    });
    expect(finding(unharmed[0]!)).toBe(
      'No condition lowered the accuracy of a model that was trained under “loss 0%” alone.',
    );
  });

  it('set models that never saw the condition beside the others', () => {
    const result = { ...small(), ...leftOutNoise() };
    expect(parseResult(JSON.parse(JSON.stringify(result)), 'result.json')).toEqual(result);
    const page = renderReport(result);
    expect(marksOf(chartOf(page))).toBe(24);
    expect([...chartOf(page).matchAll(/class="line dotted"/g)]).toHaveLength(2);
    expect(textOf(sectionOf(page, 'conditions'))).toContain('trained under all other conditions');
    expect(finding(noisePanels(result)[0]!).replaceAll('\u00a0', ' ')).toContain(
      'Trained under all conditions but this one it named 60.0 % (',
    );
    expect(renderText(result)).toContain(
      'trained: “clean” under “loss 0%” alone, “all” under all, “others” under all but the one tested',
    );
    expect(renderText(result)).toMatch(/tree others/);
  });

  it('are several tables in the terminal where one would be too wide', () => {
    const many = swept.noise.flatMap((one) =>
      ['a', 'b', 'c', 'd'].map((name) => ({ ...one, learner: `${name}-random-forest` })),
    );
    const text = renderText({ ...swept, noise: many });
    expect(text.match(/^ {2}condition .*forest/gm)!.length).toBeGreaterThan(1);
    expect(text).toContain('d-random-forest all');
    expect(text).not.toContain('…');
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(textWidth);
  });

  it('fit the terminal', () => {
    const text = renderText(swept);
    expect(text).toContain('Conditions  4 network conditions');
    expect(text).toMatch(/ {2}loss 60% +0 % +80\.0 % +100 % +80\.0 %/);
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(textWidth);
  });
});
