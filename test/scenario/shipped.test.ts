import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/package-root.js';
import { conditionsOf } from '../../src/scenario/conditions.js';
import { readScenario } from '../../src/scenario/read.js';
import { checkRunnable } from '../../src/scenario/run.js';

const folder = join(packageRoot, 'scenarios');
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.scenario.yaml'),
);

describe('scenarios that come with Stackbed', () => {
  it.each(files)('%s is valid, and says what it is', async (file) => {
    const read = await readScenario(join(folder, file));
    expect(read.scenario.description).not.toBe('');
    expect((await checkRunnable(read)).length).toBeGreaterThan(1);
  });

  it.each([
    ['loss', 'loss', [0, 10]],
    ['reordering', 'reorder', [0, 50]],
  ])('%s sweeps %s from the first to the last of %j percent', async (file, stage, [first, last]) => {
    const read = await readScenario(join(folder, 'failure-modes', `${file}.scenario.yaml`));
    const swept = conditionsOf(read.scenario).map((condition) => condition.swept);
    expect(swept.every((one) => one?.stage === stage && one.unit === '%')).toBe(true);
    const numbers = swept.map((one) => one!.number!);
    expect([numbers[0], numbers.at(-1)]).toEqual([first, last]);
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
  });

  it('middleboxes has a clean path and six with boxes', async () => {
    const read = await readScenario(join(folder, 'failure-modes/middleboxes.scenario.yaml'));
    const boxes = conditionsOf(read.scenario).map(({ path }) => path.boxes.length);
    expect(boxes).toEqual([0, 1, 1, 1, 1, 1, 1]);
  });
});
