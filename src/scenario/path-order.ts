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

/** A stretch of the path, and where it stands in the path's document. */
interface Placed {
  readonly given: Section;
  readonly place: readonly PropertyKey[];
}

export interface Uncountable {
  /** The stage's place in the path's document. */
  readonly place: readonly PropertyKey[];
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
export function uncountable(sections: readonly Placed[]): Uncountable[] {
  const counts = ({ fault }: OrderedStage) => fault?.nth !== undefined && fault.per === 'path';
  const remedy = 'count `per: flow`, or say which `probe` the predicate means';
  const answers = `answers come in the machine's own time: ${remedy}`;
  let overtaking: string | undefined;
  const found: Uncountable[] = [];
  for (const { given, place } of sections) {
    for (const list of ['forward', 'both'] as const)
      for (const [index, stage] of given[list].entries()) {
        const at = [...place, list, index];
        if (counts(stage) && list === 'both' && stage.fault?.match.direction !== 'forward')
          found.push({ place: at, message: `${answers}, or add \`direction == forward\`` });
        else if (counts(stage) && overtaking)
          found.push({
            place: at,
            message: `packets come in no certain order after a ${overtaking}: put the fault before it, ${remedy}`,
          });
        overtaking ??= reorders(stage);
      }
    for (const [index, stage] of given.reverse.entries())
      if (counts(stage)) found.push({ place: [...place, 'reverse', index], message: answers });
  }
  return found;
}
