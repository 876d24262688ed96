import { Command } from 'commander';
import { labDown, labUp } from '../../testbed/engines/lab.js';
import { labEngine } from '../../testbed/engines/lab-state.js';
import { collectLeftovers, type Leftover } from '../../testbed/engines/leftovers.js';
import { jsonOption } from './options.js';
import { printJson, printText, table } from './output.js';
import { PullLines } from './progress.js';
import { interruptSignal } from './signals.js';

function upCommand(): Command {
  return new Command('up')
    .description(
      'start a Docker engine without a way out, and a libvirtd, that runs use until `lab down`; needs root',
    )
    .addOption(jsonOption())
    .action(async ({ json }: { json?: boolean }) => {
      const interrupt = interruptSignal();
      const pulls = new PullLines();
      try {
        const { state, started } = await labUp({
          signal: interrupt.signal,
          onProgress: (progress) => {
            const line = pulls.line(progress);
            if (line !== undefined) process.stderr.write(`${line}\n`);
          },
        });
        const since = started ? 'is up' : `has been up since ${state.startedAt}`;
        if (json) printJson({ started, ...state });
        else {
          const engines = [`the Docker engine ${since}: unix://${state.docker}`];
          if (state.libvirt !== undefined) engines.push(`libvirt ${since}: ${state.libvirt}`);
          printText(engines.join('\n'));
        }
      } finally {
        interrupt.dispose();
      }
    });
}

function downCommand(): Command {
  return new Command('down')
    .description('end what `lab up` started, and every container in it')
    .addOption(jsonOption())
    .action(async ({ json }: { json?: boolean }) => {
      const state = await labDown();
      if (json) printJson({ stopped: state !== undefined });
      else printText(state ? 'the lab is down' : 'no lab was up');
    });
}

function statusCommand(): Command {
  return new Command('status')
    .description('say what `lab up` started')
    .addOption(jsonOption())
    .action(async ({ json }: { json?: boolean }) => {
      const state = await labEngine();
      if (json) printJson(state ?? null);
      else printText(state ? `up since ${state.startedAt}: unix://${state.docker}` : 'no lab is up');
    });
}

export function labCommand(): Command {
  return new Command('lab')
    .description("engines of Stackbed's own that stay from run to run")
    .addCommand(upCommand())
    .addCommand(downCommand())
    .addCommand(statusCommand());
}

const row = ({ mark, processes, containers, namespace, folder }: Leftover) => [
  ...[mark, String(processes), String(containers), namespace ? 'yes' : '', folder ? 'yes' : ''],
];

export function leftoversCommand(): Command {
  return new Command('gc')
    .description('remove what killed runs left behind, known by its marks; runs that go on are not touched')
    .option('--dry-run', 'only tell what would be removed')
    .addOption(jsonOption())
    .action(async ({ dryRun = false, json }: { dryRun?: boolean; json?: boolean }) => {
      const left = await collectLeftovers({ dryRun });
      if (json) printJson({ removed: !dryRun, left });
      else if (left.length === 0) printText('nothing is left of any run');
      else {
        const rows = table(['run', 'processes', 'containers', 'namespace', 'folder'], left.map(row));
        printText(`${rows}\n\n${left.length} ${dryRun ? 'would be removed' : 'removed'}`);
      }
    });
}
