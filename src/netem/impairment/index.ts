import type { Stage } from '../stage.js';
import { type CorruptSpec, corrupt } from './corrupt.js';
import { type DelaySpec, delay } from './delay.js';
import { type DuplicateSpec, duplicate } from './duplicate.js';
import { type FaultSpec, fault } from './fault.js';
import { type LimitSpec, limit } from './limit.js';
import { type LossSpec, loss } from './loss.js';
import { type GemodelSpec, lossGemodel } from './loss-gemodel.js';
import { type LossStateSpec, lossState } from './loss-state.js';
import { type RateSpec, rate } from './rate.js';
import { type ReorderSpec, reorder } from './reorder.js';
import { type SlotSpec, slot } from './slot.js';

export type ImpairmentSpec =
  | CorruptSpec
  | DelaySpec
  | DuplicateSpec
  | FaultSpec
  | GemodelSpec
  | LimitSpec
  | LossSpec
  | LossStateSpec
  | RateSpec
  | ReorderSpec
  | SlotSpec;

type Kind = ImpairmentSpec['kind'];

const stages: { readonly [K in Kind]: (spec: Extract<ImpairmentSpec, { kind: K }>) => Stage } = {
  corrupt,
  delay,
  duplicate,
  fault,
  limit,
  loss,
  'loss-gemodel': lossGemodel,
  'loss-state': lossState,
  rate,
  reorder,
  slot,
};

/** True for the spec of an impairment. */
export function isImpairment(spec: { readonly kind: string }): spec is ImpairmentSpec {
  return Object.hasOwn(stages, spec.kind);
}

export function createImpairment(spec: ImpairmentSpec): Stage {
  return (stages[spec.kind] as (spec: ImpairmentSpec) => Stage)(spec);
}
