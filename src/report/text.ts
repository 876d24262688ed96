import { behaviourGroups } from './analysis/behaviour-groups.js';
import { countBehaviourClasses } from './analysis/classes.js';
import { againstMajority, inOrder, splitOf } from './analysis/experiments.js';
import { surprises } from './analysis/survey.js';
import {
  formatCount,
  formatDuration,
  formatInterval,
  formatRatio,
  formatShare,
  formatSignificant,
  median,
  plural,
} from './format.js';
import type { MachineResult, Result } from './result.js';
import { biasLines } from './text/bias-lines.js';
import { causesLines } from './text/causes-lines.js';
import { expectationLines } from './text/expectation-lines.js';
import { grid } from './text/grid.js';
import { noiseLines } from './text/noise-lines.js';
import { selectionLines } from './text/selection-lines.js';
import { toolLines } from './text/tool-lines.js';
import { shorten } from './visible.js';

/** Widest line of the summary, in characters. */
export const textWidth = 110;

const failuresShown = 10;

function total(machines: readonly MachineResult[], of: (machine: MachineResult) => number): number {
  return machines.reduce((sum, machine) => sum + of(machine), 0);
}

function fleetLines({ machines }: Result): string[] {
  const measured = machines.filter(({ status }) => status === 'measured');
  const failed = machines.filter(({ status }) => status === 'failed');
  const boots = measured.flatMap(({ boot_ms }) => (boot_ms === null ? [] : [boot_ms]));
  const middle = median(boots);
  const boot =
    middle === undefined
      ? ''
      : `; boot median ${formatDuration(middle)}, ${formatDuration(Math.min(...boots))} to ${formatDuration(Math.max(...boots))}`;
  const lines = [
    `Fleet       ${formatCount(measured.length)} of ${plural(machines.length, 'machine')} measured${boot}`,
  ];
  for (const { id, failure } of failed.slice(0, failuresShown)) {
    lines.push(`  failed    ${shorten(id, 40)}: ${failure?.reason ?? 'no reason was recorded'}`);
  }
  if (failed.length > failuresShown) lines.push(`  failed    ${failed.length - failuresShown} more`);
  return lines;
}

function collectionLines({ machines, collection, path, conditions }: Result): string[] {
  const measured = machines.filter(({ status }) => status === 'measured');
  const answered = total(measured, (machine) => machine.answered);
  const silent = total(measured, (machine) => machine.silent);
  const partial = total(measured, (machine) => machine.partial);
  const pairs = answered + silent + partial;
  const stages = path.forward.length + path.reverse.length;
  const lines = [
    `Collection  ${plural(collection.probes, 'probe')} × ${plural(collection.copies, 'copy', 'copies')}; ${plural(collection.packets_sent, 'packet')} sent, ${formatCount(collection.packets_received)} received; ${formatSignificant(collection.probes_per_s)}/s`,
  ];
  if (pairs > 0) {
    lines.push(
      `            answered ${formatRatio(answered, pairs)}, silent ${formatRatio(silent, pairs)}, partial ${formatRatio(partial, pairs)} of ${formatCount(pairs)} machine × probe pairs`,
    );
  }
  lines.push(
    `            ${conditions ? 'all conditions' : stages === 0 ? 'path without stages' : `path of ${plural(stages, 'stage')}`}: lost ${formatCount(collection.lost_by_path)}; unmatched ${formatCount(collection.unmatched)}; wall ${formatDuration(collection.wall_s * 1000)}`,
  );
  return lines;
}

function datasetLines({ machines, dataset }: Result): string[] {
  if (dataset.values === 0) return ['Dataset     empty: no response field was recorded'];
  const groups = behaviourGroups(machines.filter(({ status }) => status === 'measured')).length;
  const lines = [
    `Dataset     ${plural(dataset.fields, 'field')}, ${plural(dataset.values, 'value')}, ${formatRatio(dataset.nondeterministic, dataset.values)} nondeterministic; ${plural(groups, 'behaviour group')} by kind of response`,
  ];
  const classes = countBehaviourClasses(machines);
  if (classes > 0)
    lines.push(`            ${plural(classes, 'behaviour class', 'behaviour classes')} by all fields`);
  return lines;
}

function surveyLines({ machines }: Result): string[] {
  const surveyed = machines.filter(({ survey }) => survey);
  if (surveyed.length === 0) return [];
  const odd = surveyed.filter((machine) => surprises(machine).length > 0);
  return [
    `Survey      ${plural(surveyed.length, 'machine')}; ${odd.length === 0 ? 'all answered' : `${formatCount(odd.length)} did not answer`} as the catalogue says`,
    ...odd
      .slice(0, failuresShown)
      .map((one) => `            ${shorten(one.id, 40)}: ${surprises(one).join('; ')}`),
  ];
}

function recordedLines({ recorded }: Result): string[] {
  if (!recorded) return [];
  return [`Recorded    nothing was booted: dataset ${recorded.name}, of: ${shorten(recorded.command, 70)}`];
}

function nmapLines({ nmap }: Result): string[] {
  return nmap ? [`nmap        learners nmap…: ${nmap.points}`] : [];
}

function accuracyLines({ experiments, noise = [], training_bias: bias = [], causes }: Result): string[] {
  if (experiments.length === 0 && (causes || noise.length + bias.length > 0)) return [];
  if (experiments.length === 0) return ['Accuracy    no learner was trained'];
  const rows = inOrder(experiments).map((experiment) => [
    experiment.hierarchy,
    String(experiment.level),
    experiment.learner,
    splitOf(experiment) === 'stratified' ? experiment.fields : `${experiment.fields}, ${splitOf(experiment)}`,
    formatShare(experiment.accuracy),
    formatInterval(experiment.ci95),
    formatShare(experiment.majority),
    againstMajority(experiment),
    formatShare(experiment.balanced_accuracy),
    formatCount(experiment.classes),
    formatCount(experiment.machines),
  ]);
  return [
    'Accuracy    share of machines labelled correctly when unseen; n machines, cl. classes, lvl level',
    ...grid(
      [
        { heading: 'hierarchy' },
        { heading: 'lvl', right: true },
        { heading: 'learner', widest: 16 },
        { heading: 'fields', widest: 32 },
        { heading: 'accuracy', right: true },
        { heading: '95 % CI', right: true },
        { heading: 'majority', right: true },
        { heading: 'vs majority' },
        { heading: 'balanced', right: true },
        { heading: 'cl.', right: true },
        { heading: 'n', right: true },
      ],
      rows,
    ),
  ];
}

/** The summary shown in the terminal after a run: plain text, no line over {@link textWidth} characters. */
export function renderText(result: Result): string {
  const lines = [
    `${shorten(result.scenario, 60)}, seed ${result.seed}, accelerator ${shorten(result.accelerator, 12)}${result.machines.some(({ boot }) => boot === 'restored') ? ', restored from snapshots' : ''}`,
    ...recordedLines(result),
    ...fleetLines(result),
    ...collectionLines(result),
    ...surveyLines(result),
    ...datasetLines(result),
    ...accuracyLines(result),
    ...nmapLines(result),
    ...toolLines(result),
    ...selectionLines(result),
    ...noiseLines(result, textWidth),
    ...biasLines(result),
    ...causesLines(result),
    ...expectationLines(result, textWidth),
  ];
  return `${lines.map((line) => shorten(line.replaceAll('\u00a0', ' '), textWidth)).join('\n')}\n`;
}
