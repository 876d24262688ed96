import { type DelaySpec, delay } from './impairment/delay.js';
import { type DuplicateSpec, duplicate } from './impairment/duplicate.js';
import { type LossSpec, loss } from './impairment/loss.js';
import { type ReorderSpec, reorder } from './impairment/reorder.js';
import { createRewrite, type RewriteSpec } from './rewrite/index.js';
import type { Stage, StagePair } from './stage.js';

/** A stage as data, with units resolved: probabilities 0..1, times in milliseconds. */
export type StageSpec = LossSpec | DelaySpec | DuplicateSpec | ReorderSpec | RewriteSpec;

/** Kinds of stages that need both directions: they cannot stand in one. */
export const pairedKinds: ReadonlySet<string> = new Set();

/** A stage for one direction. Throws TypeError for a kind that needs both. */
export function createStage(spec: StageSpec): Stage {
  switch (spec.kind) {
    case 'loss':
      return loss(spec);
    case 'delay':
      return delay(spec);
    case 'duplicate':
      return duplicate(spec);
    case 'reorder':
      return reorder(spec);
    default:
      return createRewrite(spec);
  }
}

/** A stage for both directions; of a kind that needs only one it is that kind twice, each with draws of its own. */
export function createPair(spec: StageSpec): StagePair {
  const { process: forward, ...nature } = createStage(spec);
  return { ...nature, forward, reverse: createStage(spec).process };
}
