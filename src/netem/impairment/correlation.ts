import type { Process } from '../correlated.js';
import { normalQuantile, normalShare } from '../normal.js';
import { plain, type StageActions } from '../stage.js';

/**
 * netem's correlated random number (sch_netem.c `get_crandom`): a blend of a fresh uniform number and of the
 * last result. It is kept with its known defect: the blend gathers around one half, with a variance of
 * (1-c)/(1+c) of the uniform one's, so that rare events become rarer: with a correlation of 25 %, 10 % come to
 * 1.7 %, and 1 % to almost none. (tc-netem(8): the last element counts for that share of the next.)
 */
export function blended(correlation: number): Process<number> {
  const spread = Math.sqrt((1 - correlation) / (12 * (1 + correlation)));
  return {
    name: 'blend',
    // Nearly its law, and soon forgotten.
    start: (draw) => Math.min(1, Math.max(0, 0.5 + spread * normalQuantile(Math.max(draw(0), 1e-12)))),
    next: (last, draw) => correlation * last + (1 - correlation) * draw(0),
  };
}

/** Says of each packet whether it is chosen, with netem's correlation. */
export function chooser(probability: number, correlation = 0): (actions: StageActions) => boolean {
  if (correlation === 0) return (actions) => actions.random(0) < probability;
  const process = blended(correlation);
  return (actions) => actions.stateOf(process) < probability;
}

/**
 * Uniform numbers of which each depends on the one before, and which stay uniform: shares of a normal AR(1)
 * process. In place of netem's for delays, of which it keeps only the low digits: those have no correlation.
 * Without correlation it is the packet's draw `number`.
 */
export function uniformNumbers(correlation = 0, number = 0): (actions: StageActions) => number {
  if (correlation === 0) return (actions) => actions.random(number);
  const fresh = Math.sqrt(1 - correlation ** 2);
  const score = (share: number) => normalQuantile(Math.max(share, 1e-12));
  const process: Process<number> = {
    name: 'normal',
    start: (draw) => score(draw(0)),
    next: (last, draw) => correlation * last + fresh * score(draw(0)),
  };
  return (actions) => Math.min(normalShare(actions.stateOf(process)), 1 - 2 ** -53);
}

/** A share for people. */
export function percent(value: number): string {
  return `${plain(value * 100)}%`;
}

/** The end of a stage's text that tells a correlation, if there is one. */
export function correlationText(correlation = 0): string {
  return correlation > 0 ? ` ${percent(correlation)}` : '';
}
