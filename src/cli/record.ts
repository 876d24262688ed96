import { Command } from 'commander';
import { recordRun } from '../scenario/recorded/record.js';
import { wholeNumber } from './options.js';
import { formatBytes, printText } from './output.js';
import { interruptSignal } from './signals.js';

interface Options {
  readonly probes?: number;
  readonly output: string;
}

export function recordCommand(): Command {
  return new Command('record')
    .description(
      'keep a run as a small dataset, for `run SCENARIO --from FOLDER`: what evaluation needs, without the answers themselves',
    )
    .argument('<run>', 'folder of a finished run')
    .requiredOption('-o, --output <folder>', 'folder to make; it must not exist')
    .option('--probes <number>', 'keep the first so many (default: all)', wholeNumber(1, 1_000_000))
    .action(async (run: string, { output, probes }: Options) => {
      const interrupt = interruptSignal();
      try {
        const facts = await recordRun(output, run, { probes, signal: interrupt.signal });
        printText(
          `${output}: ${facts.machines} machines, ${facts.probes} probes, ${formatBytes(facts.bytes)}\n` +
            `digest ${facts.digest}`,
        );
      } finally {
        interrupt.dispose();
      }
    });
}
