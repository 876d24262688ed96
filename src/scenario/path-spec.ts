import type { PathSpec } from '../netem/path.js';
import type { StageSpec } from '../netem/stages.js';
import type { PathLists, StageInput } from './path-schema.js';

function stageSpec({ at, until, probes, ...kinds }: StageInput): StageSpec {
  const [kind, given] = Object.entries(kinds).find(([, value]) => value !== undefined)!;
  const timed = at !== undefined || until !== undefined || probes !== undefined;
  // The schema's values are the specs without their kind, or with one that the key does not tell.
  return { kind, ...given, ...(timed && { when: { at, until, probes } }) } as StageSpec;
}

function sectionSpec({ forward, reverse, both }: PathLists['boxes'][number] | PathLists) {
  return { forward: forward.map(stageSpec), reverse: reverse.map(stageSpec), both: both.map(stageSpec) };
}

/** The path of a scenario, or of one of its conditions, as the simulated network takes it. */
export function pathSpec({ path }: { readonly path: PathLists }): PathSpec {
  const boxes = path.boxes.map((box) => ({ name: box.name, ...sectionSpec(box) }));
  return { ...sectionSpec(path), boxes };
}
