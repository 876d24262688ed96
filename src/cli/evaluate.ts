import { relative } from 'node:path';
import { Command } from 'commander';
import { renderText } from '../report/text.js';
import { assemble } from '../scenario/assemble.js';
import { RunFolder } from '../scenario/run-folder.js';
import { jsonOption } from './options.js';
import { printJson, printText } from './output.js';
import { RunProgress } from './progress.js';
import { interruptSignal } from './signals.js';

export function evaluateCommand(): Command {
  return new Command('evaluate')
    .description('learn again from a recorded run; no machine is booted')
    .argument('<run>', 'folder of a run')
    .addOption(jsonOption())
    .action(async (path: string, { json }: { json?: boolean }) => {
      const folder = RunFolder.open(path);
      const interrupt = interruptSignal();
      const progress = new RunProgress(process.stderr);
      try {
        const result = await assemble(folder, {
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
