import { Command } from 'commander';
import { exitCode } from '../errors.js';
import { compareResults, type ResultDifference } from '../report/diff.js';
import { jsonOption } from './options.js';
import { printJson, printText, table } from './output.js';
import { readResult } from './read-result.js';

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
const points = (difference: number) =>
  `${difference < 0 ? '-' : '+'}${Math.abs(100 * difference).toFixed(1)}`;
const mostMachines = 20;

function few(title: string, names: readonly string[]): string[] {
  if (names.length === 0) return [];
  const more = names.length > mostMachines ? `, and ${names.length - mostMachines} more` : '';
  return [`${title} (${names.length}): ${names.slice(0, mostMachines).join(', ')}${more}`];
}

/** True when nothing of what was measured or concluded differs. */
function isEqual(found: ResultDifference): boolean {
  const { sameDataset, accuracy, findings, experimentsOnlyBefore, experimentsOnlyAfter } = found;
  const moved = accuracy.some(({ before, after }) => before !== after);
  return (
    sameDataset &&
    !moved &&
    [findings, experimentsOnlyBefore, experimentsOnlyAfter].every((list) => list.length === 0)
  );
}

function text(found: ResultDifference): string {
  const { run, machines, accuracy, findings } = found;
  const moved = accuracy.filter(({ before, after }) => before !== after);
  const blocks: string[][] = [
    [found.sameDataset ? 'Same dataset: every summarised answer is equal.' : 'The datasets differ.'],
    run.length > 0
      ? [
          table(
            ['run', 'before', 'after'],
            run.map((one) => [one.name, one.before, one.after]),
          ),
        ]
      : [],
    few('Machines only before', found.machinesOnlyBefore),
    few('Machines only after', found.machinesOnlyAfter),
    machines.length > 0
      ? [
          table(
            ['machine', '', 'before', 'after'],
            machines.slice(0, mostMachines).map((one) => [one.machine, one.name, one.before, one.after]),
          ),
          ...(machines.length > mostMachines
            ? [`and ${machines.length - mostMachines} more; --json has all`]
            : []),
        ]
      : [],
    moved.length > 0
      ? [
          table(
            ['accuracy of', 'before', 'after', 'points', ''],
            moved.map((one) => [
              one.experiment,
              percent(one.before),
              percent(one.after),
              points(one.after - one.before),
              one.apart ? 'intervals apart' : 'within what the intervals leave open',
            ]),
          ),
        ]
      : [`Accuracy of ${accuracy.length} experiments: equal.`],
    few('Experiments only before', found.experimentsOnlyBefore),
    few('Experiments only after', found.experimentsOnlyAfter),
    findings.length > 0
      ? [
          table(
            ['finding', 'before', 'after'],
            findings.map((one) => [one.name, one.before, one.after]),
          ),
        ]
      : [],
  ];
  return blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n');
}

export function diffCommand(): Command {
  return new Command('diff')
    .description('compare two finished runs: what was run, machines, accuracy, findings')
    .argument('<before>', 'folder of a run')
    .argument('<after>', 'folder of another')
    .option('--exit-code', 'exit with 1 where datasets, accuracies or findings differ')
    .addOption(jsonOption())
    .action(async (before: string, after: string, options: { json?: boolean; exitCode?: boolean }) => {
      const [a, b] = await Promise.all([readResult(before), readResult(after)]);
      const found = compareResults(a.result, b.result);
      if (options.json) printJson(found);
      else printText(text(found));
      if (options.exitCode && !isEqual(found)) process.exitCode = exitCode.expectationFailed;
    });
}
