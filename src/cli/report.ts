import { relative, resolve } from 'node:path';
import { Command } from 'commander';
import { writeFileAtomic } from '../atomic-file.js';
import { renderReport } from '../report/html.js';
import { junitXml } from '../report/junit.js';
import { renderText } from '../report/text.js';
import { jsonOption } from './options.js';
import { printJson, printText } from './output.js';
import { readResult } from './read-result.js';

export function reportCommand(): Command {
  return new Command('report')
    .description('draw the report of a run again from its result.json')
    .argument('<run>', 'folder of a run')
    .option('--out <file>', "where to write the page (default: the run's report.html)")
    .option('--junit <file>', 'write machines and findings as JUnit XML, too, for what shows tests in CI')
    .addOption(jsonOption())
    .action(async (path: string, options: { out?: string; junit?: string; json?: boolean }) => {
      const { folder, result } = await readResult(path);
      const out = options.out === undefined ? folder.file('report.html') : resolve(options.out);
      await writeFileAtomic(out, renderReport(result));
      if (options.junit !== undefined) await writeFileAtomic(resolve(options.junit), junitXml(result));
      if (options.json) printJson(result);
      else printText(`${renderText(result)}\nreport: ${relative('', out)}`);
    });
}
