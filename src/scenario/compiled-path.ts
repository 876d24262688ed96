import { type CompiledPath, type CompileOptions, compilePath } from '../netem/compile/index.js';
import type { PlacedSpec } from '../netem/placed-spec.js';
import { pathSpec } from './path-spec.js';
import type { ReadScenario } from './read.js';

/** Where a stage stands in a scenario's document; one of a preset is at the preset's name. */
function documentPath({ section, list, index, spec }: PlacedSpec): readonly PropertyKey[] {
  const stretch = section === 0 ? ['path'] : ['path', 'boxes', section - 1];
  const key = spec.kind.startsWith('loss-') ? 'loss' : spec.kind;
  return [...stretch, list, index, key];
}

/**
 * The path of a scenario as `tc` and `nft` commands.
 * @throws InputErrors with file:line:column of each stage that they cannot express.
 */
export function compiledPath(read: ReadScenario, options: Omit<CompileOptions, 'placeOf'>): CompiledPath {
  const placeOf = (at: PlacedSpec) => read.place(documentPath(at));
  return compilePath(pathSpec(read.scenario), { ...options, placeOf });
}
