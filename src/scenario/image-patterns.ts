import type { Catalog, CatalogEntry } from '../../images/index.js';
import type { MachineBlock } from './machines-schema.js';
import type { Scenario } from './schema.js';

/** True for `linux-6.*` and `!linux-6.1*`: a name that stands for any number of images. */
export function isPattern(name: string): boolean {
  return name.includes('*') || name.startsWith('!');
}

/** What a name in which `*` is any text fits, from end to end. */
export function patternOf(name: string): RegExp {
  const escaped = name.split('*').map((part) => part.replaceAll(/[^\w-]/g, '\\$&'));
  return new RegExp(`^${escaped.join('.*')}$`);
}

/**
 * The entries of machines whose full id a pattern fits; `*` is any text, a leading `!` is passed over. What
 * needs more of a machine than others do, a container, is meant only by a pattern that begins as its id does.
 */
export function matching(pattern: string, catalog: Catalog): CatalogEntry[] {
  const name = pattern.replace(/^!/, '');
  const [start] = name.split('*') as [string];
  const fits = patternOf(name);
  const isMeant = ({ id, stack, netem }: CatalogEntry) =>
    !netem && (stack?.build.kind !== 'container' || (start !== '' && id.startsWith(start)));
  return catalog.entries().filter((entry) => fits.test(entry.id) && isMeant(entry));
}

/** Image names in order, patterns replaced by what they fit; `!` takes away what stands before it. */
function select(names: readonly string[], catalog: Catalog): string[] {
  const chosen = new Set<string>();
  for (const name of names) {
    if (!isPattern(name)) chosen.add(name);
    else
      for (const { id } of matching(name, catalog))
        if (name.startsWith('!')) chosen.delete(id);
        else chosen.add(id);
  }
  return [...chosen];
}

/** A scenario whose image patterns are replaced by the ids that the catalogue has for them. */
export function expandPatterns(scenario: Scenario, catalog: Catalog): Scenario {
  const expand = <T extends Pick<MachineBlock, 'image'>>(one: T): T =>
    one.image?.some(isPattern) ? { ...one, image: select(one.image, catalog) } : one;
  const machines = scenario.machines.map((block) => ({
    ...expand(block),
    ...(block.instances && { instances: block.instances.map(expand) }),
  }));
  return { ...scenario, machines };
}
