import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { stackbed, temporaryFolder } from '../support/cli.js';

const scenario = `
seed: 7
machines:
  - image: [linux-5.10, linux-7.2+deb13]
    ram: [128M, 256M, 512M]
probes: {count: 80, copies: 2}
`;

interface Answer {
  readonly label: string;
  readonly confidence: number;
  readonly distribution: Record<string, number>;
  readonly columns: { readonly probe: number; readonly field: string; readonly value: string }[];
}

describe('a tool made of a run', { timeout: 300_000 }, () => {
  let folder: { path: string } & AsyncDisposable;
  let run: string;
  const file = (name: string) => join(folder.path, name);

  beforeAll(async () => {
    folder = await temporaryFolder();
    await writeFile(file('kinds.scenario.yaml'), scenario);
    const { exitCode, stderr } = await stackbed(['run', file('kinds.scenario.yaml'), '--out', file('runs')]);
    expect(exitCode, stderr).toBe(0);
    const [stamp] = await readdir(file('runs/kinds'));
    run = file(join('runs/kinds', stamp!));
    return () => folder[Symbol.asyncDispose]();
  }, 300_000);

  async function classify(args: readonly string[]): Promise<Answer[]> {
    const { exitCode, stderr, stdout } = await stackbed(['classify', ...args, '--json']);
    expect(exitCode, stderr).toBe(0);
    return (JSON.parse(stdout) as { answers: Answer[] }).answers;
  }

  test('says the same of a booted machine and of the packets captured there', async () => {
    const tool = file('forest.json');
    const trained = await stackbed(['train', run, '-o', tool, '--learner', 'random-forest', '--json']);
    expect(trained.exitCode, trained.stderr).toBe(0);
    const { probes } = JSON.parse(trained.stdout) as { probes: number };
    expect(probes).toBeLessThan(80);
    const capture = file('booted.pcapng');
    const live = await classify([tool, '--image', 'linux-6.12+deb13', '--ram', '256M', '--capture', capture]);
    expect(live[0]!.columns.length).toBeGreaterThan(0);
    expect(live[0]!.distribution[live[0]!.label]).toBeCloseTo(live[0]!.confidence, 10);
    const captured = await classify([tool, capture]);
    expect(captured.map(({ label, distribution, columns }) => ({ label, distribution, columns }))).toEqual(
      live.map(({ label, distribution, columns }) => ({ label, distribution, columns })),
    );
    const bytes = await readFile(capture);
    await writeFile(file('half.pcapng'), bytes.subarray(0, bytes.length >> 1));
    const half = await stackbed(['classify', tool, file('half.pcapng')]);
    expect(half.exitCode).toBe(2);
    expect(half.stderr).toMatch(/lacks copies|not a whole pcapng file/);
    const other = file('other.json');
    const json = JSON.parse(await readFile(tool, 'utf8'));
    await writeFile(
      other,
      JSON.stringify({ ...json, probes: json.probes.map((one: object) => ({ ...one, sequence: 1 })) }),
    );
    const lacking = await stackbed(['classify', other, capture]);
    expect(lacking.exitCode).toBe(2);
    expect(lacking.stderr).toMatch(/lacks copies of \d+ of the tool's \d+ probes/);
  });

  test('answers the machines that it was trained on from their records as it said it would', async () => {
    const tool = file('knn.json');
    const trained = await stackbed(['train', run, '-o', tool, '--learner', 'svm', '--json']);
    const { right } = JSON.parse(trained.stdout) as { right: number };
    const answers = await classify([tool, '--run', run]);
    const machines = JSON.parse(await readFile(tool, 'utf8')).model.machines as { label: string }[];
    const agreed = answers.filter(({ label }, place) => label === machines[place]!.label).length;
    expect(answers).toHaveLength(6);
    expect(agreed / 6).toBeCloseTo(right, 10);
    expect(right).toBeGreaterThan(0.5);
  });
});
