import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import { RunFolder } from '../scenario/run-folder.js';
import { type RunState, RunWatch } from '../scenario/watched-run.js';
import { wholeNumber } from './options.js';
import { formatSeconds, printText } from './output.js';
import { interruptSignal } from './signals.js';

const number = (value: number) => Math.round(value).toLocaleString('en');

/** How far a run is, in a line. */
export function stateLine(state: RunState): string {
  const { phase, machines, measured, failed, underWay, packetsSent, packetsReceived } = state;
  const parts = [
    `${measured} of ${machines} machines`,
    ...(failed.length > 0 ? [`${failed.length} failed`] : []),
    `${number(packetsSent)} packets, ${number(packetsReceived)} answers`,
    ...(state.packetsPerS === undefined ? [] : [`${number(state.packetsPerS)} packets/s`]),
    ...(phase === 'measuring' && state.remainingS !== undefined
      ? [`about ${formatSeconds(state.remainingS)} left`]
      : []),
    ...(phase === 'learning' ? ['learning'] : []),
    ...(phase === 'done' ? ['done'] : []),
  ];
  const now = underWay.length > 0 ? `\n  now: ${underWay.join(', ')}` : '';
  return `${parts.join(' · ')}${now}`;
}

interface Options {
  readonly once?: boolean;
  readonly every: number;
  readonly json?: boolean;
}

export function watchCommand(): Command {
  return new Command('watch')
    .description('show how far a run is, from another shell, until it is done')
    .argument('<run>', 'folder of a run')
    .option('--once', 'look once')
    .option('--every <seconds>', 'between two looks', wholeNumber(1, 3600), 2)
    .option('--json', 'print what is seen as JSON, a line each')
    .action(async (path: string, { once, every, json }: Options) => {
      const watch = new RunWatch(RunFolder.open(path));
      const interrupt = interruptSignal();
      let last = '';
      try {
        for (;;) {
          const state = await watch.look();
          const line = json ? JSON.stringify(state) : stateLine(state);
          if (line !== last) printText(line);
          last = line;
          if (once || state.phase === 'done') return;
          await sleep(every * 1000, undefined, { signal: interrupt.signal });
        }
      } finally {
        interrupt.dispose();
      }
    });
}
