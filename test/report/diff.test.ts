import { expect, it } from 'vitest';
import { compareResults } from '../../src/report/diff.js';
import { junitXml } from '../../src/report/junit.js';
import type { Result } from '../../src/report/result.js';
import { small } from './fixtures/index.js';

const finding = (holds: boolean | null) => ({
  finding: 'a < b & "c"',
  expression: 'a < b',
  holds,
  values: [],
});

it('a result does not differ from itself', () => {
  const found = compareResults(small(), small());
  expect(found).toMatchObject({ sameDataset: true, run: [], machines: [], findings: [] });
  expect(found.accuracy.length).toBeGreaterThan(0);
  expect(found.accuracy.every(({ before, after, apart }) => before === after && !apart)).toBe(true);
});

it('names what differs: seed, machines, accuracy beyond the intervals, findings', () => {
  const before: Result = { ...small(), expectations: [finding(true)] };
  const [first, ...others] = before.machines;
  const [experiment, ...rest] = before.experiments;
  const after: Result = {
    ...before,
    seed: before.seed + 1,
    dataset: { ...before.dataset, digest: 'f'.repeat(64) },
    machines: [
      { ...first!, silent: first!.silent + 1 },
      { ...others[0]!, id: 'another' },
      ...others.slice(1),
    ],
    experiments: [{ ...experiment!, accuracy: 0.001, ci95: [0, 0.002] }, ...rest],
    expectations: [finding(false)],
  };
  const found = compareResults(before, after);
  expect(found.sameDataset).toBe(false);
  expect(found.run.map(({ name }) => name)).toEqual(['seed', 'dataset']);
  expect(found.machinesOnlyBefore).toEqual([others[0]!.id]);
  expect(found.machinesOnlyAfter).toEqual(['another']);
  expect(found.machines).toEqual([
    {
      machine: first!.id,
      name: 'silent probes',
      before: String(first!.silent),
      after: String(first!.silent + 1),
    },
  ]);
  expect(found.accuracy[0]).toMatchObject({ after: 0.001, apart: true });
  expect(found.findings).toEqual([{ name: 'a < b & "c"', before: 'holds', after: 'does not hold' }]);
});

it('JUnit has machines and findings, failures and errors apart, and text that XML bears', () => {
  const [first, ...others] = small().machines;
  const failed = { ...first!, failure: { reason: 'panic', console: ['\u001b[31mKernel <panic>'] } };
  const expectations = [finding(true), finding(false), finding(null)];
  const xml = junitXml({ ...small(), machines: [failed, ...others], expectations });
  expect(xml).toContain(`tests="${others.length + 4}" failures="1" errors="2"`);
  expect(xml).toContain('name="a &lt; b &amp; &quot;c&quot;"/>');
  expect(xml).toContain('<error message="panic">[31mKernel &lt;panic&gt;</error>');
  expect(xml).toContain('<failure message="does not hold">a &lt; b');
});
