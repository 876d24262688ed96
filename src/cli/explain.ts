import { Command, Option } from 'commander';
import { maximumCopies } from '../probe/addressing.js';
import { probeLife } from '../scenario/explain/life.js';
import { RunFolder } from '../scenario/run-folder.js';
import { lifeJson } from './explain-json.js';
import { lifeText } from './explain-text.js';
import { jsonOption, wholeNumber } from './options.js';
import { printJson, printText } from './output.js';

interface Options {
  readonly probe: number;
  readonly machine: string;
  readonly copy?: number;
  readonly json?: boolean;
}

export function explainCommand(): Command {
  const numbered = (flags: string, what: string) =>
    new Option(flags, what).argParser(wholeNumber(0, maximumCopies));
  return new Command('explain')
    .description(
      "tell a probe's life from the records of a run: sent, each stage's decision, answered or not",
    )
    .argument('<run>', 'folder of a run')
    .addOption(numbered('--probe <number>', 'which probe, from 0').makeOptionMandatory())
    .addOption(new Option('--machine <id>', 'to which machine, or machine@condition').makeOptionMandatory())
    .addOption(numbered('--copy <number>', 'one copy in full, from 0 (default: all copies in a table)'))
    .addOption(jsonOption())
    .action(async (path: string, { probe, machine, copy, json }: Options) => {
      const life = await probeLife(RunFolder.open(path), { machine, probe, copy });
      if (json) printJson(lifeJson(life));
      else printText(lifeText(life));
    });
}
