import { createImpairment, type ImpairmentSpec, isImpairment } from './impairment/index.js';
import {
  createPairedRewrite,
  createRewrite,
  isPairedRewrite,
  type PairedRewriteSpec,
  pairedRewriteKinds,
  type RewriteSpec,
} from './rewrite/index.js';
import type { Stage, StagePair } from './stage.js';
import { onTimetable, type Timetable } from './timetable.js';

/** A stage as data, with units resolved: probabilities 0..1, times in milliseconds. */
export type StageSpec = (ImpairmentSpec | RewriteSpec | PairedRewriteSpec) & {
  /** When the stage is there; always, when left out. */
  readonly when?: Timetable | undefined;
};

/** Kinds of stages that need both directions: they cannot stand in one. */
export const pairedKinds: ReadonlySet<string> = pairedRewriteKinds;

const leavesBytes: ReadonlySet<StageSpec['kind']> = new Set([
  ...([
    'delay',
    'duplicate',
    'limit',
    'loss',
    'loss-gemodel',
    'loss-state',
    'rate',
    'reorder',
    'slot',
  ] as const),
  ...(['icmp-filter', 'icmp-rate', 'rst-inject', 'stateful-firewall'] as const),
]);

/** False for a kind of stages that never changes a byte of a packet. */
export function mayRewrite(kind: string): boolean {
  return !leavesBytes.has(kind as StageSpec['kind']);
}

/** A stage for one direction. Throws TypeError for a kind that needs both. */
export function createStage(spec: StageSpec): Stage {
  if (isPairedRewrite(spec)) throw new TypeError(`${spec.kind} needs both directions`);
  return onTimetable(isImpairment(spec) ? createImpairment(spec) : createRewrite(spec), spec.when);
}

/** A stage for both directions; of a kind that needs only one it is that kind twice, each with draws of its own. */
export function createPair(spec: StageSpec): StagePair {
  if (isPairedRewrite(spec)) return onTimetable(createPairedRewrite(spec), spec.when);
  const { process: forward, ...nature } = createStage(spec);
  return { ...nature, forward, reverse: createStage(spec).process };
}
