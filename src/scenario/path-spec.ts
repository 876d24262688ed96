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

function sectionSpec({ forward, reverse, both }: Scenario['path']['boxes'][number] | Scenario['path']) {
  return { forward: forward.map(stageSpec), reverse: reverse.map(stageSpec), both: both.map(stageSpec) };
}

/** The path of a scenario as the simulated network takes it. */
export function pathSpec({ path }: Scenario): PathSpec {
  const boxes = path.boxes.map((box) => ({ name: box.name, ...sectionSpec(box) }));
  return { ...sectionSpec(path), boxes };
}
