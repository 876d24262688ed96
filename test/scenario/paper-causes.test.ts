import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { packageRoot } from '../../src/package-root.js';
import { readScenario } from '../../src/scenario/read.js';
import { runFromRecorded } from '../../src/scenario/recorded/take.js';

it('the table of causes from what was recorded bears out its findings', async () => {
  const root = await mkdtemp(join(tmpdir(), 'table2-'));
  const read = await readScenario(join(packageRoot, 'scenarios/paper/table2-causes.scenario.yaml'));
  const { result } = await runFromRecorded({
    ...{ read, from: 'recorded', root, signal: new AbortController().signal, onEvent: () => {} },
  });
  await rm(root, { recursive: true });
  const wrong = result.expectations!.filter(({ holds }) => holds !== true);
  expect(wrong.map(({ finding, fault }) => [finding, fault])).toEqual([]);
  const { fields, interventions } = result.causes!;
  const classesOf = (name: string) =>
    fields.find(({ field }) => field === name)!.moved.map((one) => one.class);
  expect(classesOf('tcp.options.wscale')).toContain('hardware');
  expect(classesOf('ip.ttl')).toEqual(['network', 'application', 'configuration']);
  expect(classesOf('tcp.ack')).toEqual([]);
  // Every machine was started twice, alone or behind a box.
  expect(interventions.filter(({ factor, machines }) => factor === 'boot' && machines === 2)).toHaveLength(
    50,
  );
}, 120_000);
