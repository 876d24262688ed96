import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/package-root.js';
import { conditionsOf } from '../../src/scenario/conditions.js';
import { readScenario } from '../../src/scenario/read.js';
import { findRecorded } from '../../src/scenario/recorded/take.js';
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

  it.each(files.filter((file) => /paper\/(fig2a|fig4|fig5|table1|full)/.test(file)))(
    '%s has the machines of the fleet',
    async (file) => {
      const [fleet, own] = await Promise.all(
        ['paper/fleet-329.scenario.yaml', file].map((one) => readScenario(join(folder, one))),
      );
      expect(own!.scenario.machines).toEqual(fleet!.scenario.machines);
    },
  );

  it.each(readdirSync(join(packageRoot, 'recorded')))(
    'recorded/%s has what its scenarios ask for',
    async (name) => {
      const reads = await Promise.all(files.map((file) => readScenario(join(folder, file))));
      const own = reads.filter(({ scenario }) => (scenario.recorded ?? scenario.name) === name);
      expect(own.length).toBeGreaterThan(0);
      for (const read of own) {
        // Which scenario it was recorded of may ask for fewer probes.
        if (read.scenario.recorded === undefined && name === 'fleet-329') continue;
        await expect(findRecorded({ read, from: 'recorded' })).resolves.toBeDefined();
      }
    },
    300_000,
  );

  it('middleboxes has a clean path and six with boxes', async () => {
    const read = await readScenario(join(folder, 'failure-modes/middleboxes.scenario.yaml'));
    const boxes = conditionsOf(read.scenario).map(({ path }) => path.boxes.length);
    expect(boxes).toEqual([0, 1, 1, 1, 1, 1, 1]);
  });
});
