import type { PathSpec } from '../netem/path.js';
import type { StageSpec } from '../netem/stages.js';
import type { Scenario, StageInput } from './schema.js';

function stageSpec(stage: StageInput): StageSpec {
  if (stage.loss !== undefined) return { kind: 'loss', probability: stage.loss };
  if (stage.delay !== undefined) return { kind: 'delay', ...stage.delay };
  if (stage.duplicate !== undefined) return { kind: 'duplicate', probability: stage.duplicate };
  if (stage.reorder !== undefined) return { kind: 'reorder', ...stage.reorder };
  const { set, decrement } = stage.ttl!;
  return set !== undefined ? { kind: 'ttl', set } : { kind: 'ttl', decrement: decrement! };
}

/** The path of a scenario as the simulated network takes it. */
export function pathSpec(scenario: Scenario): PathSpec {
  return {
    forward: scenario.path.forward.map(stageSpec),
    reverse: scenario.path.reverse.map(stageSpec),
  };
}
