import type { PathSpec } from '../netem/path.js';
import type { StageSpec } from '../netem/stages.js';
import type { StageInput } from './path-schema.js';
import type { Scenario } from './schema.js';

function stageSpec({ at, until, probes, ...kinds }: StageInput): StageSpec {
  const [kind, given] = Object.entries(kinds).find(([, value]) => value !== undefined)!;
  const timed = at !== undefined || until !== undefined || probes !== undefined;
  // The schema's values are the specs without their kind, or with one that the key does not tell.
  return { kind, ...given, ...(timed && { when: { at, until, probes } }) } as StageSpec;
}

/** The path of a scenario as the simulated network takes it. */
export function pathSpec({ path }: Scenario): PathSpec {
  return {
    forward: path.forward.map(stageSpec),
    reverse: path.reverse.map(stageSpec),
    both: path.both.map(stageSpec),
  };
}
