import { Command } from 'commander';
import { InputError } from '../errors.js';
import { RunFolder } from '../scenario/run-folder.js';
import { classifyMachines, type DecidingColumn, type ToolAnswer } from '../scenario/tool/classify.js';
import { summaryOfCapture } from '../scenario/tool/from-capture.js';
import { summaryOfImage } from '../scenario/tool/from-image.js';
import { summariesOfRun } from '../scenario/tool/from-run.js';
import { readTool, type Tool } from '../scenario/tool/schema.js';
import { jsonOption } from './options.js';
import { printJson, printText } from './output.js';
import { RunProgress } from './progress.js';
import { interruptSignal } from './signals.js';

interface Options {
  readonly image?: string;
  readonly ram?: string;
  readonly capture?: string;
  readonly run?: string;
  readonly machine?: string;
  readonly json?: boolean;
}

const help = `
The machine is one of three: a capture of the tool's probes and their answers, machines of a recorded run (--run), or
an image of the catalogue that is booted for it (--image). A machine outside the lab is never asked: packets of
Stackbed do not leave it.`;

async function booted(tool: Tool, image: string, { capture, ram }: Options) {
  const { dispose, signal } = interruptSignal();
  const progress = new RunProgress(process.stderr);
  try {
    return await summaryOfImage(tool, { image, ram, capture }, { signal, onEvent: progress.onEvent });
  } finally {
    progress.end();
    dispose();
  }
}

async function summaries(tool: Tool, capture: string | undefined, options: Options) {
  const { image, machine, run } = options;
  if ([capture, image, run].filter((given) => given !== undefined).length !== 1)
    throw new InputError('say what to classify: a capture, --image ID or --run RUN, one of them');
  if (image === undefined && (options.ram !== undefined || options.capture !== undefined))
    throw new InputError('--ram and --capture are of a machine that is booted: give --image, too');
  if (run === undefined && machine !== undefined)
    throw new InputError('--machine is one of a recorded run: give --run, too');
  if (capture !== undefined) return [await summaryOfCapture(tool, capture)];
  if (run !== undefined) return summariesOfRun(tool, RunFolder.open(run), machine);
  return [await booted(tool, image!, options)];
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

function columnText({ agree, alike, field, probe, seen, value }: DecidingColumn): string {
  const notes = [
    ...(seen ? [] : ['never seen in training']),
    ...(alike > 1 ? [`${agree} of ${alike} alike agree`] : []),
  ];
  return `  ${field} of probe ${probe} = ${value}${notes.length > 0 ? ` (${notes.join('; ')})` : ''}`;
}

function text({ columns, confidence, distribution, label, machine, split }: ToolAnswer): string {
  const others = Object.entries(distribution)
    .filter(([name, share]) => name !== label && share >= 0.005)
    .sort(([, one], [, other]) => other - one)
    .slice(0, 3)
    .map(([name, share]) => `${name} ${percent(share)}`);
  return [
    `${machine}: ${label}, ${percent(confidence)}${others.length > 0 ? ` (${others.join(', ')})` : ''}`,
    ...(split > 0 ? [`  ${split} columns split it off in a way that no training machine was`] : []),
    ...(columns.length > 0 ? columns.map(columnText) : ['  the model names no columns']),
  ].join('\n');
}

export function classifyCommand(): Command {
  return new Command('classify')
    .description('say with a tool that stackbed train made what a machine is')
    .argument('<tool>', 'file that stackbed train wrote')
    .argument('[capture]', "pcapng or pcap file with the tool's probes and their answers")
    .option('--image <id>', 'boot this image of the catalogue and ask it')
    .option('--ram <size>', 'its memory, as 512M')
    .option('--capture <file>', 'keep the packets, as pcapng')
    .option('--run <run>', 'take the answers of a recorded run')
    .option('--machine <id>', 'one machine of it; default: all')
    .addOption(jsonOption())
    .addHelpText('after', help)
    .action(async (file: string, capture: string | undefined, options: Options) => {
      const tool = await readTool(file);
      const answers = classifyMachines(tool, await summaries(tool, capture, options));
      if (options.json) printJson({ tool: file, learner: tool.learner, probes: tool.probes.length, answers });
      else printText(answers.map(text).join('\n'));
    });
}
