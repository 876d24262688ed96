import { Command, Option } from 'commander';
import { maximumCopies } from '../probe/addressing.js';
import { inspectCopies } from '../scenario/inspect/copies.js';
import { inspectRun } from '../scenario/inspect/inspect.js';
import { RunFolder } from '../scenario/run-folder.js';
import { copiesText, inspectionText } from './inspect-text.js';
import { jsonOption, wholeNumber } from './options.js';
import { printJson, printText } from './output.js';

interface Options {
  readonly machine?: string;
  readonly probe?: number;
  readonly field?: string;
  readonly json?: boolean;
}

export function inspectCommand(): Command {
  return new Command('inspect')
    .description('what a run did and got: machines, answers by kind of probe, nondeterminism, losses, disk')
    .argument('<run>', 'folder of a run, finished or not')
    .option('--machine <id>', 'this one alone: machine, or machine@condition')
    .addOption(
      new Option(
        '--probe <number>',
        'this one alone, from 0; with --machine: its copies side by side',
      ).argParser(wholeNumber(0, maximumCopies)),
    )
    .option('--field <name>', 'values of a response field, such as ip.ttl, and how often each came')
    .addOption(jsonOption())
    .action(async (path: string, { json, machine, probe, field }: Options) => {
      const folder = RunFolder.open(path);
      if (machine !== undefined && probe !== undefined) {
        const copies = await inspectCopies(folder, { machine, probe, field });
        const { afterMs, ...others } = copies;
        if (json) printJson({ ...others, after_ms: afterMs });
        else printText(copiesText(copies));
        return;
      }
      const inspection = await inspectRun(folder, { machine, probe, field });
      const { startedAt, probesDigest, ...others } = inspection;
      if (json) printJson({ ...others, started_at: startedAt, probes_digest: probesDigest });
      else printText(inspectionText(inspection));
    });
}
