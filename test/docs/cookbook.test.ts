import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { packageRoot } from '../../src/package-root.js';
import { parseScenario } from '../../src/scenario/read.js';
import { checkRunnable } from '../../src/scenario/run.js';
import { ScenarioText } from '../../src/scenario/scenario-text.js';

const page = readFileSync(join(packageRoot, 'docs', 'cookbook.md'), 'utf8');
const recipes = [...page.matchAll(/^## (\d+)\. (.+)\n(?:(?!^## )[\s\S])*?```yaml\n([\s\S]*?)```/gm)].map(
  ([, number, title, text]) => ({ number: Number(number), title: title!, text: text! }),
);

describe('the cookbook', () => {
  test('has recipes that are numbered in order, one scenario each', () => {
    expect(recipes.length).toBeGreaterThanOrEqual(20);
    expect(recipes.map(({ number }) => number)).toEqual(recipes.map((_, index) => index + 1));
    expect(page.match(/^```yaml/gm)).toHaveLength(recipes.length);
  });

  test.each(recipes)('$number $title: is valid, and every machine of it can be booted', async ({ text }) => {
    const base = new ScenarioText(recipes[0]!.text, 'first.scenario.yaml');
    const read = parseScenario(text, 'recipe.scenario.yaml', text.startsWith('extends:') ? base : undefined);
    expect((await checkRunnable(read)).length).toBeGreaterThan(0);
  });
});
