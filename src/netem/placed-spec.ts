import type { Direction } from './flow.js';
import type { PathSpec, SectionSpec } from './lane.js';
import type { StageSpec } from './stages.js';

/** A stage as data at its place: which way its packets go, and where the path's document has it. */
export interface PlacedSpec {
  readonly spec: StageSpec;
  readonly direction: Direction;
  /** 0 for the path's own lists, n for those of its n-th box. */
  readonly section: number;
  readonly box: string | undefined;
  readonly list: 'forward' | 'reverse' | 'both';
  /** From 0, in its list. */
  readonly index: number;
}

/** The stages of both directions, each in the order in which a packet meets them. A stage of `both` is in each. */
export function placedSpecs(path: PathSpec): Readonly<Record<Direction, readonly PlacedSpec[]>> {
  const sections: readonly (SectionSpec & { readonly name?: string })[] = [path, ...(path.boxes ?? [])];
  const listed = (list: PlacedSpec['list'], direction: Direction, section: number): PlacedSpec[] =>
    (sections[section]![list] ?? []).map((spec, index) => ({
      ...{ spec, direction, section, list, index },
      box: sections[section]!.name,
    }));
  const forward = sections.flatMap((_, section) => [
    ...listed('forward', 'forward', section),
    ...listed('both', 'forward', section),
  ]);
  const reverse = sections
    .map((_, section) => [
      ...listed('both', 'reverse', section).reverse(),
      ...listed('reverse', 'reverse', section),
    ])
    .reverse()
    .flat();
  return { forward, reverse };
}
