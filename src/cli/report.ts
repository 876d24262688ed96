import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { Command } from 'commander';
import { writeFileAtomic } from '../atomic-file.js';
import { InputError } from '../errors.js';
import { renderReport } from '../report/html.js';
import { parseResult } from '../report/parse.js';
import { renderText } from '../report/text.js';
import { RunFolder } from '../scenario/run-folder.js';
import { jsonOption } from './options.js';
import { printJson, printText } from './output.js';

export function reportCommand(): Command {
  return new Command('report')
    .description('draw the report of a run again from its result.json')
    .argument('<run>', 'folder of a run')
    .option('--out <file>', "where to write the page (default: the run's report.html)")
    .addOption(jsonOption())
    .action(async (path: string, options: { out?: string; json?: boolean }) => {
      const folder = RunFolder.open(path);
      const file = folder.file('result.json');
      if (!existsSync(file))
        throw new InputError(`${path} has no result.json: the run was not finished`, {
          remedy: `finish it with: stackbed run --resume ${path}, or use what there is: stackbed evaluate ${path}`,
        });
      let json: unknown;
      try {
        json = JSON.parse(await readFile(file, 'utf8'));
      } catch (error) {
        throw new InputError(`${file} is not JSON: ${(error as Error).message}`, {
          remedy: `derive it again with: stackbed evaluate ${path}`,
        });
      }
      const result = parseResult(json, file);
      const out = options.out === undefined ? folder.file('report.html') : resolve(options.out);
      await writeFileAtomic(out, renderReport(result));
      if (options.json) printJson(result);
      else printText(`${renderText(result)}\nreport: ${relative('', out)}`);
    });
}
