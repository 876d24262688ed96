import { createHash } from 'node:crypto';
import { writeFileAtomic } from '../atomic-file.js';
import { writeSummaries } from '../dataset/summary-store.js';
import { Path } from '../netem/path.js';
import { fields } from '../probe/fields.js';
import { renderReport } from '../report/html.js';
import { type MachineResult, type Result, resultSchemaId } from '../report/result.js';
import { behaviourClasses } from './behaviour-classes.js';
import { countBias, runBias } from './bias.js';
import { causesOf } from './causes/causes.js';
import { conditionResults } from './condition-results.js';
import type { Condition } from './conditions.js';
import type { Dataset } from './dataset.js';
import { runExamples } from './example.js';
import { judge } from './expectations.js';
import { runExperiments } from './experiments.js';
import { digestOf, readConditions, trialOf } from './measured-conditions.js';
import { movedFields } from './moved-fields.js';
import { readPoints, wantsNmap } from './nmap-points.js';
import { countNoise, runNoise } from './noise.js';
import { pathSpec } from './path-spec.js';
import { runProbeCounts } from './probe-count.js';
import { countProbes } from './probe-set.js';
import type { MachineRecord, Manifest, RunFolder } from './run-folder.js';
import { countLosses, selectionOf } from './select/loss.js';
import { toolResults, toolsOf } from './tools/results.js';

export interface AssembleOptions {
  readonly onExperiment?: (done: number, total: number) => void;
  readonly signal?: AbortSignal | undefined;
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return 0;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

function machineResult(
  record: MachineRecord,
  dataset: Dataset,
  classes: ReadonlyMap<string, string | null>,
): MachineResult {
  const {
    duration_ms: _d,
    sentinels_lost: _s,
    resent: _r,
    lost_by_path: _l,
    decisions: _n,
    decisions_digest: _x,
    condition: _c,
    ...shown
  } = record;
  const summary = dataset.summaries.find((one) => one.machine === record.id);
  const answers = [...(summary?.answers ?? [])];
  const copies = summary?.copies ?? 0;
  return {
    ...shown,
    answered: answers.filter((count) => count === copies).length,
    silent: answers.filter((count) => count === 0).length,
    partial: answers.filter((count) => count > 0 && count < copies).length,
    responses: dataset.letters.get(record.id) ?? '',
    behaviour_class: classes.get(record.id) ?? null,
  };
}

function pathResult(condition: Condition, seed: number, records: readonly MachineRecord[]): Result['path'] {
  const path = new Path({ spec: pathSpec(condition), seed, link: '', deliver: () => {} });
  const digest = createHash('sha256');
  const trials = records.map((record) => ({ id: trialOf(record), log: record.decisions_digest }));
  trials.sort((a, b) => (a.id < b.id ? -1 : 1));
  for (const { id, log } of trials) digest.update(`${id} ${log}\n`);
  return {
    forward: path.describe('forward'),
    reverse: path.describe('reverse'),
    decisions: sum(records.map((record) => record.decisions)),
    log_digest: digest.digest('hex'),
  };
}

function collectionResult(
  manifest: Manifest,
  { probes, copies }: { probes: number; copies: number },
  records: readonly MachineRecord[],
): Result['collection'] {
  const measured = records.filter((record) => record.duration_ms > 0);
  const total = (pick: (record: MachineRecord) => number) => sum(records.map(pick));
  return {
    probes,
    copies,
    packets_sent: total((record) => record.packets_sent),
    packets_received: total((record) => record.packets_received),
    lost_by_path: total((record) => record.lost_by_path),
    unmatched: total((record) => record.unmatched),
    wall_s: manifest.collectedS,
    probes_per_s: Math.round(
      median(measured.map((record) => record.packets_sent / (record.duration_ms / 1000))),
    ),
  };
}

/**
 * Derives everything from what a run recorded, without booting anything: summary, experiments, result.json
 * and report.html. Running it again on the same folder gives the same dataset and the same experiments.
 */
export async function assemble(folder: RunFolder, options: AssembleOptions = {}): Promise<Result> {
  const { scenario } = await folder.readScenario();
  const manifest = await folder.readManifest();
  const found = await Promise.all(manifest.machines.map((id) => folder.readRecord(id)));
  const all = found.filter((record) => record !== undefined);
  const probes = await countProbes(folder, scenario);
  const measured = await readConditions(folder, scenario, all, options);
  const [{ condition, records, dataset }] = measured;
  const classes = behaviourClasses(dataset.summaries, fields.length, scenario.dataset.partial);
  const more = countNoise(scenario) + countBias(scenario) + countLosses(folder, scenario);
  const { points, source } = await readPoints(folder);
  const moved = movedFields(records, dataset.summaries, fields);
  const prone = new Set(moved.flatMap((one) => one.fields.map(({ field }) => field)));
  const { comparisons, experiments, informationGain } = await runExperiments(
    scenario,
    { records, summaries: dataset.summaries, classes, points, prone },
    (done, own) => options.onExperiment?.(done, own + more),
    options.signal,
  );
  const noise = await runNoise(
    scenario,
    measured,
    points,
    (done) => options.onExperiment?.(experiments.length + done, experiments.length + more),
    options.signal,
  );
  const afterNoise = experiments.length + countNoise(scenario);
  const trainingBias = await runBias(
    scenario,
    { records, summaries: dataset.summaries, points },
    (done) => options.onExperiment?.(afterNoise + done, experiments.length + more),
    options.signal,
  );
  const wantsCauses = scenario.experiments.some(({ kind }) => kind === 'causes');
  const causes = wantsCauses ? causesOf(measured, fields) : undefined;
  const before = afterNoise + countBias(scenario);
  const selection = await selectionOf(
    folder,
    scenario,
    (done) => options.onExperiment?.(before + done, experiments.length + more),
    options,
  );
  const conditions = conditionResults(measured, scenario.seed);
  const probeCounts = runProbeCounts(scenario, { records, summaries: dataset.summaries, prone });
  const examples = await runExamples(folder, scenario, { records, dataset });
  const { determinism } = dataset;
  const machines = records.map((record) => machineResult(record, dataset, classes));
  const told: Result = {
    schema: resultSchemaId,
    scenario: scenario.name,
    seed: scenario.seed,
    stackbed: manifest.stackbed,
    command: manifest.command,
    started_at: manifest.startedAt,
    accelerator: manifest.accelerator,
    host: manifest.host,
    machines,
    collection: collectionResult(manifest, { probes, copies: scenario.probes.copies }, all),
    path: {
      ...pathResult(condition, scenario.seed, all),
      ...(scenario.captures.length > 0 && { captures: scenario.captures }),
    },
    dataset: {
      digest: conditions ? digestOf(measured) : dataset.digest,
      machines: dataset.summaries.length,
      fields: fields.length,
      values: sum(determinism.constant) + sum(determinism.nondeterministic),
      nondeterministic: sum(determinism.nondeterministic),
      partial: sum(machines.map((machine) => machine.partial)),
    },
    determinism: {
      unique_values: [...determinism.uniqueValues],
      agreeing: [...determinism.agreeing],
      answered_copies: [...determinism.answeredCopies],
      by_field: fields.map(({ name }, index) => ({
        field: name,
        constant: determinism.constant[index]!,
        nondeterministic: determinism.nondeterministic[index]!,
      })),
    },
    experiments,
    comparisons,
    information_gain: informationGain,
    moved,
    ...(conditions && { conditions }),
    ...(noise.length > 0 && { noise }),
    ...(trainingBias.length > 0 && { training_bias: trainingBias }),
    ...(causes && { causes }),
    ...(examples.length > 0 && { examples }),
    ...(probeCounts.length > 0 && { probe_counts: probeCounts }),
    ...(wantsNmap(scenario) && { nmap: { points: source } }),
    ...(toolsOf(scenario).length > 0 && { tools: toolResults(scenario, records) }),
    ...(selection && { selection }),
    ...(manifest.recorded && { recorded: manifest.recorded }),
  };
  const expectations = await judge(scenario, told);
  const result = expectations.length > 0 ? { ...told, expectations } : told;
  // A recorded dataset is the summary, in a twentieth of the space; `export` writes it out.
  if (!manifest.recorded)
    writeSummaries(
      folder.file('summary.parquet'),
      measured.flatMap((one) => one.dataset.summaries),
      fields,
      conditions && measured.flatMap((one) => one.dataset.summaries.map(() => one.condition.name)),
    );
  await writeFileAtomic(folder.file('result.json'), `${JSON.stringify(result, null, 2)}\n`);
  await writeFileAtomic(folder.file('report.html'), renderReport(result));
  return result;
}
