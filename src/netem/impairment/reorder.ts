import type { Process } from '../correlated.js';
import type { Stage, StageActions } from '../stage.js';
import { blended, chooser, correlationText, percent } from './correlation.js';
import { type DelayTimes, delays, delayText } from './delay.js';

export interface ReorderSpec {
  readonly kind: 'reorder';
  /** Probability that a packet overtakes the ones being delayed, 0..1. */
  readonly probability: number;
  /** 0..1; see `blended`. */
  readonly correlation?: number | undefined;
  /** Packets from one that may overtake to the next, at least 1, which is the default. */
  readonly gap?: number | undefined;
  /** How long the others wait; a number is milliseconds. */
  readonly delay: number | DelayTimes;
}

interface GapState {
  /** Packets since one overtook. */
  readonly since: number;
  readonly blend: number;
  readonly chosen: boolean;
}

/** Of every `gap` packets only the last may be chosen; if it is not, the next may. */
function gapChooser(probability: number, correlation: number, gap: number) {
  const { start, next } = blended(correlation);
  const process: Process<GapState> = {
    name: 'gap',
    // Where all that may overtake do, they are the same ones wherever the process is started.
    start: (draw, place) => ({
      since: (((place + 1) % gap) + gap) % gap,
      blend: start(draw, place),
      chosen: false,
    }),
    next: ({ since, blend }, draw) => {
      if (since < gap - 1) return { since: since + 1, blend, chosen: false };
      const drawn = next(blend, draw);
      const chosen = drawn < probability;
      return { since: chosen ? 0 : since + 1, blend: drawn, chosen };
    },
  };
  return (actions: StageActions) => actions.stateOf(process).chosen;
}

/**
 * netem's `delay TIME reorder PERCENT CORRELATION gap DISTANCE`: the chosen packets go at once and all others
 * wait, so that the chosen ones overtake (tc-netem(8), net/sched/sch_netem.c `netem_enqueue`).
 */
export function reorder({ probability, correlation = 0, gap = 1, delay }: ReorderSpec): Stage {
  const times = typeof delay === 'number' ? { time: delay, jitter: 0 } : delay;
  const chosen = gap > 1 ? gapChooser(probability, correlation, gap) : chooser(probability, correlation);
  // Draw 0 is the choice.
  const draw = delays(times, 1);
  const gapText = gap > 1 ? ` gap ${gap}` : '';
  return {
    kind: 'reorder',
    text: `reorder ${percent(probability)}${correlationText(correlation)}${gapText} delay ${delayText(times)}`,
    process: (_packet, actions) => {
      if (chosen(actions)) {
        actions.note('overtake', 0);
        actions.pass();
      } else actions.hold(draw(actions));
    },
  };
}
