import { dirname, relative } from 'node:path';
import { Command, Option } from 'commander';
import type { Accelerator } from '../../testbed/drivers/qemu/arguments.js';
import type { BootMethod } from '../../testbed/machine.js';
import { exitCode, InputError } from '../errors.js';
import { renderText } from '../report/text.js';
import { withCaptures } from '../scenario/captures.js';
import { readScenario, withSeed } from '../scenario/read.js';
import { runFromRecorded } from '../scenario/recorded/take.js';
import { type RunOptions, runScenario } from '../scenario/run.js';
import { RunFolder } from '../scenario/run-folder.js';
import { jobsOption, jsonOption, seedOption } from './options.js';
import { printJson, printText } from './output.js';
import { JsonProgress, RunProgress } from './progress.js';
import { interruptSignal } from './signals.js';

interface Options {
  readonly seed?: number;
  readonly jobs: number;
  readonly json?: boolean;
  readonly progress: 'text' | 'json';
  readonly accelerator?: Accelerator;
  readonly boot?: BootMethod;
  readonly resume?: string;
  readonly out: string;
  readonly lock?: string;
  readonly capture?: readonly string[];
  readonly from?: string;
}

type Target = Pick<RunOptions, 'read' | 'resume' | 'accelerator' | 'boot'>;

/** Options that are about machines, where none is booted. */
function checkRecordedOptions({ accelerator, boot, capture, lock, resume }: Options): void {
  const given = { accelerator, boot, capture, lock, resume };
  const [stray] = Object.entries(given).find(([, value]) => value !== undefined) ?? [];
  if (stray !== undefined)
    throw new InputError(
      `--from takes what was recorded and boots nothing: --${stray} has no meaning with it`,
      {
        remedy: `leave out --${stray}, or --from`,
      },
    );
}

async function target(file: string | undefined, options: Options): Promise<Target> {
  if (options.resume !== undefined) {
    if (
      file !== undefined ||
      options.seed !== undefined ||
      options.lock !== undefined ||
      options.boot !== undefined ||
      options.capture !== undefined
    )
      throw new InputError(
        '--resume takes scenario, seed, images, way of booting and captures from the run: give none of them',
      );
    const resume = RunFolder.open(options.resume);
    const { accelerator, boot, merged, pilot } = await resume.readManifest();
    if (merged)
      throw new InputError(
        `${options.resume} was merged of ${merged.length} runs, and is no run to go on with`,
        {
          remedy: 'resume those that are not finished, and merge again',
        },
      );
    if (pilot)
      throw new InputError(`${options.resume} is the pilot of a run, and is gone on with by that one`, {
        remedy: `go on with: stackbed run --resume ${dirname(resume.path)}`,
      });
    return { read: await resume.readScenario(), resume, accelerator: accelerator as Accelerator, boot };
  }
  if (file === undefined)
    throw new InputError('no scenario was given', {
      remedy: 'try: stackbed run scenarios/quickstart.scenario.yaml',
    });
  const read = await readScenario(file);
  const { accelerator, boot } = options;
  const seeded = options.seed === undefined ? read : withSeed(read, options.seed);
  const captured = options.capture === undefined ? seeded : withCaptures(seeded, options.capture);
  return { read: captured, accelerator, boot };
}

export function runCommand(): Command {
  return new Command('run')
    .description('boot the machines of a scenario, probe them, learn, and write a report')
    .argument('[scenario]', 'a .scenario.yaml file')
    .addOption(seedOption())
    .addOption(jobsOption())
    .addOption(
      new Option('--accelerator <name>', 'do not measure which accelerator works').choices(['tcg', 'kvm']),
    )
    .addOption(
      new Option('--boot <method>', 'restored: copy a guest that was booted once (default: cold)').choices([
        'cold',
        'restored',
      ]),
    )
    .option('--out <folder>', 'folder under which runs are kept', 'runs')
    .option('--resume <run>', 'go on with an interrupted run')
    .option('--lock <file>', "take the images that a lock file names, as another run's images.lock.json")
    .addOption(
      new Option(
        '--capture <points>',
        'capture packets there, as prober,machine (more: see the README)',
      ).argParser((text) => text.split(',').map((point) => point.trim())),
    )
    .option(
      '--from <dataset>',
      'boot nothing, take a recorded dataset: recorded, for the one that comes with Stackbed, or a folder',
    )
    .addOption(
      new Option('--progress <form>', 'on standard error: text, or json, one event a line')
        .choices(['text', 'json'])
        .default('text'),
    )
    .addOption(jsonOption())
    .action(async (file: string | undefined, options: Options) => {
      if (options.from !== undefined) checkRecordedOptions(options);
      const chosen = await target(file, options);
      const interrupt = interruptSignal();
      const progress = new (options.progress === 'json' ? JsonProgress : RunProgress)(process.stderr);
      try {
        const session = { root: options.out, signal: interrupt.signal, onEvent: progress.onEvent };
        const { result, folder } =
          options.from === undefined
            ? await runScenario({ ...chosen, ...session, lockFile: options.lock, jobs: options.jobs })
            : await runFromRecorded({ ...session, read: chosen.read, from: options.from });
        progress.end();
        if (options.json) printJson(result);
        else printText(`${renderText(result)}\nreport: ${relative('', folder.file('report.html'))}`);
        if (result.expectations?.some(({ holds }) => holds !== true))
          process.exitCode = exitCode.expectationFailed;
      } finally {
        progress.end();
        interrupt.dispose();
      }
    });
}
