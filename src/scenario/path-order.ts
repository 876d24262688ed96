import type { DelayTimes } from '../netem/impairment/delay.js';
import type { FaultAction, FaultMatch } from '../netem/impairment/fault.js';

interface OrderedStage {
  readonly fault?: (FaultMatch & FaultAction) | undefined;
  readonly delay?: DelayTimes | undefined;
  readonly reorder?: unknown;
}

interface Section {
  readonly forward: readonly OrderedStage[];
  readonly reverse: readonly OrderedStage[];
  readonly both: readonly OrderedStage[];
}

interface Uncountable {
  readonly list: keyof Section;
  readonly index: number;
  readonly message: string;
}

/** What a stage that may let packets overtake is called. */
function reorders({ fault, delay, reorder }: OrderedStage): string | undefined {
  if (reorder !== undefined) return 'reorder';
  if (delay && delay.jitter > 0) return 'delay with jitter';
  return fault?.action === 'hold' ? 'fault that holds' : undefined;
}

/**
 * Faults whose `nth` counts packets of the path where their order is left to chance or to the machine's timing:
 * on the way back, and after a stage that lets packets overtake. Probes are sent in one order, so forward is else fine.
 */
export function uncountable({ forward, reverse, both }: Section): Uncountable[] {
  const counts = ({ fault }: OrderedStage) => fault?.nth !== undefined && fault.per === 'path';
  const remedy = 'count `per: flow`, or say which `probe` the predicate means';
  const answers = `answers come in the machine's own time: ${remedy}`;
  let overtaking: string | undefined;
  const found: Uncountable[] = [];
  for (const [list, stages] of [
    ['forward', forward],
    ['both', both],
  ] as const)
    for (const [index, stage] of stages.entries()) {
      if (counts(stage) && list === 'both' && stage.fault?.match.direction !== 'forward')
        found.push({ list, index, message: `${answers}, or add \`direction == forward\`` });
      else if (counts(stage) && overtaking)
        found.push({
          list,
          index,
          message: `packets come in no certain order after a ${overtaking}: put the fault before it, ${remedy}`,
        });
      overtaking ??= reorders(stage);
    }
  for (const [index, stage] of reverse.entries())
    if (counts(stage)) found.push({ list: 'reverse', index, message: answers });
  return found;
}
