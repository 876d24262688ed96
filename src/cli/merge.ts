import { relative } from 'node:path';
import { Command } from 'commander';
import { renderText } from '../report/text.js';
import { mergeRuns } from '../scenario/merge/merge.js';
import { jsonOption } from './options.js';
import { printJson, printText } from './output.js';
import { RunProgress } from './progress.js';
import { interruptSignal } from './signals.js';

export function mergeCommand(): Command {
  return new Command('merge')
    .description('make one run of runs of disjoint fleets, whose probes and paths are equal')
    .argument('<out>', 'folder of the run that is made; it must not exist')
    .argument('<runs...>', 'folders of two or more runs; experiments are those of the first')
    .addOption(jsonOption())
    .action(async (out: string, runs: string[], { json }: { readonly json?: boolean }) => {
      const interrupt = interruptSignal();
      const progress = new RunProgress(process.stderr);
      try {
        const { folder, result } = await mergeRuns(out, runs, {
          signal: interrupt.signal,
          onExperiment: (done, total) => progress.onEvent({ kind: 'learning', done, total }),
        });
        progress.end();
        if (json) printJson(result);
        else printText(`${renderText(result)}\nreport: ${relative('', folder.file('report.html'))}`);
      } finally {
        progress.end();
        interrupt.dispose();
      }
    });
}
