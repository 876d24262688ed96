import { hostPrograms, tryOnHost } from '../../testbed/host-box/host.js';
import { type CompiledPath, type CompileOptions, compilePath } from '../netem/compile/index.js';
import type { Interfaces } from '../netem/nft/router.js';
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

/**
 * Lets this host's kernel be the box of a scenario's path, in a network namespace of its own.
 * @throws CapabilityError with what the kernel refused, and as `compiledPath`
 */
export async function tryPathOnHost(read: ReadScenario, interfaces: Interfaces): Promise<void> {
  const { commands } = compiledPath(read, { interfaces });
  const uses = (of: string) => commands.some((command) => command.of === of);
  const programs = await hostPrograms([
    'ip',
    'sh',
    ...(uses('tc') ? (['tc'] as const) : []),
    ...(uses('nft') ? (['nft'] as const) : []),
  ]);
  await tryOnHost(compiledPath(read, { interfaces, programs }).commands, interfaces);
}
