import { CapabilityError } from '../../src/errors.js';
import type { ApplianceRecipe } from '../appliance/recipe.js';
import type { DebianPackage, PackageIndex } from '../debian/package-index.js';
import { compareVersions } from '../debian/version.js';
import type { Resolution } from '../resolve.js';
import { type Stack, stackVersion } from './stack.js';

const architecture = 'amd64';

function newest(index: PackageIndex, suite: string, name: string): DebianPackage | undefined {
  return index.packages
    .filter((each) => each.name === name && each.suite === suite)
    .filter((each) => each.architecture === architecture || each.architecture === 'all')
    .sort((a, b) => compareVersions(b.version, a.version))[0];
}

/** The newest of each package, by suite. @throws CapabilityError naming those that the archive lacks */
export function newestOf(id: string, wanted: Stack['packages'], index: PackageIndex): DebianPackage[] {
  const packages: DebianPackage[] = [];
  const absent: string[] = [];
  for (const [suite, names] of Object.entries(wanted)) {
    for (const name of names) {
      const found = newest(index, suite, name);
      if (found) packages.push(found);
      else absent.push(`${name} in ${suite}`);
    }
  }
  if (absent.length > 0)
    throw new CapabilityError(`the archive lacks what ${id} is made of: ${absent.join(', ')}`, {
      remedy: 'try again with --update, or choose another image',
    });
  return packages;
}

/** The packages that a stack is made of now. @throws CapabilityError naming those that the archive lacks */
export function resolveStack(id: string, stack: Stack, index: PackageIndex): Resolution {
  const packages = newestOf(id, stack.packages, index);
  const upstream =
    stack.build.kind === 'npm'
      ? stack.build.version
      : stackVersion(stack, packages.find(({ name }) => name === stack.package)!.version);
  return { id: `${id}@${upstream}`, release: upstream, upstream, packages };
}

/** The packages that carry an appliance now. @throws CapabilityError naming those that the archive lacks */
export function resolveAppliance(id: string, recipe: ApplianceRecipe, index: PackageIndex): Resolution {
  const { release, packages } = recipe;
  return { id, release, upstream: release, packages: newestOf(id, packages, index) };
}
