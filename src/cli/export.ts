import { Command, Option } from 'commander';
import { writeFileAtomic } from '../atomic-file.js';
import { arffLines } from '../dataset/arff.js';
import { InputError } from '../errors.js';
import { plural } from '../report/format.js';
import { exportExchange } from '../scenario/export/exchange.js';
import { writeOutput } from '../scenario/export/output-file.js';
import { exportSemantic } from '../scenario/export/semantic.js';
import { exportSummary } from '../scenario/export/summary.js';
import type { FieldSet } from '../scenario/field-set.js';
import { rawColumns, readLearningData } from '../scenario/learning-data.js';
import { RunFolder } from '../scenario/run-folder.js';
import { fieldsOption, hierarchyOption, levelOption } from './learner-options.js';
import { printText } from './output.js';

type Format = 'arff' | 'csv' | 'parquet' | 'pcapng';

interface Options {
  readonly arff?: string;
  readonly format?: Format;
  readonly output?: string;
  readonly machine?: string;
  readonly hierarchy: 'kernel' | 'distribution';
  readonly level: string;
  readonly fields: FieldSet;
}

function target({ arff, format, output }: Options): { format: Format; file: string } {
  if (arff !== undefined && format === undefined && output === undefined)
    return { format: 'arff', file: arff };
  if (arff !== undefined)
    throw new InputError('--arff FILE stands for --format arff -o FILE: give one of the two');
  if (format === undefined || output === undefined)
    throw new InputError(`${format === undefined ? '--format' : '-o'} is missing`, {
      remedy: 'give both, as in: --format csv -o summary.csv',
    });
  return { format, file: output };
}

async function exportArff(folder: RunFolder, file: string, { fields, hierarchy, level, machine }: Options) {
  if (machine !== undefined)
    throw new InputError('arff is for learning, which takes all machines: leave out --machine');
  const data = await readLearningData(folder, fields);
  const columns = rawColumns(data.matrix);
  const label = { name: `${hierarchy}-${level}`, values: data.labels(hierarchy, Number(level)) };
  await writeFileAtomic(file, [...arffLines(data.scenario.name, [...columns, label])].join(''));
  return `${data.matrix.rows.length} machines, ${columns.length} columns and the label ${label.name}`;
}

async function exportPcapng(folder: RunFolder, file: string, machine: string | undefined) {
  if (machine === undefined) {
    const { machines } = await folder.readManifest();
    throw new InputError('a capture is of one machine: --machine is missing', {
      remedy: `the run has: ${machines.slice(0, 8).join(', ')}${machines.length > 8 ? `, ... (${machines.length})` : ''}`,
    });
  }
  const { probes, responses } = await exportExchange(folder, file, machine);
  return `${probes} probe packets and ${responses} answers`;
}

async function exportTable(
  folder: RunFolder,
  file: string,
  format: 'csv' | 'parquet',
  machine: string | undefined,
  fields: FieldSet,
) {
  if (fields === 'both')
    throw new InputError(
      'a row of single responses is of a machine and probe, one of semantic fields of a machine',
      {
        remedy:
          'export --fields raw and --fields semantic, which have the column machine in common; arff has both',
      },
    );
  if (fields === 'semantic')
    return `${plural(await exportSemantic(folder, file, format, machine), 'machine')}`;
  const { machines, probes } = await exportSummary(folder, file, format, machine);
  return `${machines * probes} rows: ${machines} machines, ${probes} probes each`;
}

export function exportCommand(): Command {
  return new Command('export')
    .description(
      "write a run for other tools: its summary, a row a machine and probe (csv, parquet); Weka's table, a row a machine (arff); a machine's packets (pcapng)",
    )
    .argument('<run>', 'folder of a run')
    .addOption(new Option('--format <format>', 'of the file').choices(['parquet', 'csv', 'arff', 'pcapng']))
    .option('-o, --output <file>', 'file to write; one that exists is replaced')
    .option('--machine <id>', 'this one alone: machine, or machine@condition; for pcapng it must be given')
    .option('--arff <file>', 'short for --format arff -o <file>')
    .addOption(hierarchyOption())
    .addOption(levelOption())
    .addOption(fieldsOption())
    .action(async (path: string, options: Options) => {
      const { format, file } = target(options);
      if (format === 'pcapng' && options.fields !== 'raw')
        throw new InputError('--fields is for tables, and a capture has none');
      const folder = RunFolder.open(path);
      await writeOutput(file, async () => {
        const { machine } = options;
        const said =
          format === 'arff'
            ? await exportArff(folder, file, options)
            : format === 'pcapng'
              ? await exportPcapng(folder, file, machine)
              : await exportTable(folder, file, format, machine, options.fields);
        printText(`${file}: ${said}`);
      });
    });
}
