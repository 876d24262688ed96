import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/package-root.js';
import { type PaperFigure, paperPage } from '../../src/report/paper-page.js';
import { readScenario } from '../../src/scenario/read.js';
import { runFromRecorded } from '../../src/scenario/recorded/take.js';

const text = (path: string) => readFileSync(join(packageRoot, path), 'utf8');
const figures = JSON.parse(text('docs/paper.json')) as PaperFigure[];

const fresh = async (name: string) => {
  const root = await mkdtemp(join(tmpdir(), 'paper-'));
  try {
    const read = await readScenario(join(packageRoot, 'scenarios/paper', `${name}.scenario.yaml`));
    const signal = new AbortController().signal;
    return (await runFromRecorded({ read, from: 'recorded', root, signal, onEvent: () => {} })).result;
  } finally {
    await rm(root, { recursive: true, force: true });
  }
};

describe('docs/paper.md', () => {
  it('is what `npm run paper` makes of the results that it kept', () => {
    expect(text('docs/paper.md')).toBe(paperPage(figures));
  });

  it('has every scenario of the paper, and says what scenarios say now', async () => {
    const files = readdirSync(join(packageRoot, 'scenarios/paper')).map((file) => file.split('.')[0]!);
    const fleets = ['fleet-329', 'full'];
    expect(figures.map(({ name }) => name)).toEqual(files.filter((name) => !fleets.includes(name)).sort());
    for (const { file, outcome } of figures) {
      if (!outcome) continue;
      const { scenario } = await readScenario(join(packageRoot, file));
      const asked = scenario.expect.filter(({ when }) => when === undefined);
      const kept = outcome.findings.map(({ finding, expression, reason }) => [finding, expression, reason]);
      expect(kept).toEqual(
        expect.arrayContaining(asked.map(({ finding, holds, reason }) => [finding, holds, reason])),
      );
    }
  });

  it('states nothing that does not hold as it is stated', () => {
    const failing = figures.flatMap(({ name, outcome }) =>
      (outcome?.findings ?? [])
        .filter(({ holds }) => holds !== true)
        .map(({ finding }) => `${name}: ${finding}`),
    );
    expect(failing).toEqual([]);
  });

  it.each(['fig2b-determinism', 'fig3a-copies'])(
    'has of %s what its dataset gives today',
    async (name) => {
      const { dataset, expectations } = await fresh(name);
      const { outcome } = figures.find((one) => one.name === name)!;
      expect(outcome).toMatchObject({ digest: dataset.digest, findings: expectations });
    },
    60_000,
  );
});
