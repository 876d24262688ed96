import { type DelaySpec, delay } from './impairment/delay.js';
import { type DuplicateSpec, duplicate } from './impairment/duplicate.js';
import { type LossSpec, loss } from './impairment/loss.js';
import { type ReorderSpec, reorder } from './impairment/reorder.js';
import { type TtlSpec, ttl } from './rewrite/ttl.js';
import type { Stage } from './stage.js';

/** A stage as data, with units resolved: probabilities 0..1, times in milliseconds. */
export type StageSpec = LossSpec | DelaySpec | DuplicateSpec | ReorderSpec | TtlSpec;

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
    case 'ttl':
      return ttl(spec);
  }
}
