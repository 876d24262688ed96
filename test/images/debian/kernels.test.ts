import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadCatalog } from '../../../images/catalog.js';
import {
  type DebianPackage,
  type PackageIndex,
  selectPackages,
} from '../../../images/debian/package-index.js';
import { offered, resolveEntry } from '../../../images/resolve.js';
import { CapabilityError } from '../../../src/errors.js';

// Paragraphs of real indexes, recorded and shortened.
const suites = [
  'bookworm-security',
  'bookworm-backports',
  'trixie',
  'trixie-security',
  'trixie-backports',
  'experimental',
];
const catalog = await loadCatalog();
let index: Pick<PackageIndex, 'packages' | 'missing'>;

beforeAll(async () => {
  const read = (suite: string, highWaterMark: number) =>
    selectPackages(
      createReadStream(join(import.meta.dirname, 'packages', suite), { encoding: 'utf8', highWaterMark }),
      suite,
      catalog.family.userspace.packages,
    );
  // Small pieces, so that paragraphs are cut in two.
  const packages: DebianPackage[] = (await Promise.all(suites.map((suite) => read(suite, 100)))).flat();
  index = { packages, missing: [] };
});

const resolve = (id: string) => resolveEntry(catalog, catalog.find(id)!, index as PackageIndex)[0]!;
const namesOf = (id: string) =>
  resolve(id).packages.map(({ name, version, suite }) => `${name} ${version} ${suite}`);

describe('resolveEntry', () => {
  it('takes the newest of the series, whichever suite has it', () => {
    expect(namesOf('linux-6.12+deb12')[0]).toBe(
      'linux-image-6.12.117+deb12-cloud-amd64 6.12.117-1~deb12u1 bookworm-security',
    );
    expect(namesOf('linux-6.1+deb12')[0]).toBe(
      'linux-image-6.1.0-56-cloud-amd64 6.1.192-2 bookworm-security',
    );
    expect(resolve('linux-6.12').id).toBe('linux-6.12.117+deb13-cloud-amd64');
  });

  it('takes the kernel, its modules and its lists where they come apart', () => {
    const [binary, modules, base] = namesOf('linux-7.2');
    expect(binary).toBe('linux-binary-7.2.12+deb13-cloud-amd64 7.2.12-1~bpo13+1 trixie-backports');
    expect(modules).toMatch(/^linux-modules-7\.2\.12/);
    expect(base).toMatch(/^linux-base-7\.2\.12/);
  });

  it('gives a release candidate an id of its own', () => {
    const candidate = resolve('linux-7.3+exp');
    expect(candidate.id).toBe('linux-7.3-rc7+exp-cloud-amd64');
    expect(candidate.release).toBe('7.3-cloud-amd64');
    expect(catalog.find(candidate.id)).toBeDefined();
    expect(resolve(candidate.id).packages).toEqual(candidate.packages);
  });

  it('adds one user space, the same for all', () => {
    const userspace = (id: string) => namesOf(id).slice(-4);
    expect(userspace('linux-6.12+deb12')).toEqual(userspace('linux-7.2'));
    expect(userspace('linux-7.2')[0]).toMatch(/^busybox-static \S+ trixie$/);
  });

  it('pins a point release, and one revision of it', () => {
    expect(resolve('linux-7.2.9').release).toBe('7.2.9+deb13-cloud-amd64');
    expect(resolve('linux-6.12.115+deb13').release).toBe('6.12.115+deb13.1-cloud-amd64');
    expect(resolve('linux-6.12.115-1+deb13').release).toBe('6.12.115+deb13-cloud-amd64');
  });

  it('says what there is instead of a point release that is gone', () => {
    const error = (() => {
      try {
        return resolve('linux-6.12.3');
      } catch (reason) {
        return reason as CapabilityError;
      }
    })();
    expect(error).toBeInstanceOf(CapabilityError);
    expect((error as CapabilityError).remedy).toContain('linux-6.12.117+deb13-cloud-amd64');
  });
});

describe('offered', () => {
  it('lists every point release once, newest first, without what cannot boot', () => {
    const ids = (id: string) => offered(catalog.find(id)!, index as PackageIndex).map((each) => each.id);
    expect(ids('linux-6.12+deb13')).toEqual([
      'linux-6.12.117+deb13-cloud-amd64',
      'linux-6.12.115+deb13-cloud-amd64',
      'linux-6.12.115-1+deb13-cloud-amd64',
      'linux-6.12.94+deb13-cloud-amd64',
    ]);
    expect(ids('linux-6.12+deb12')).toEqual([
      'linux-6.12.117+deb12-cloud-amd64',
      'linux-6.12.115+deb12-cloud-amd64',
      'linux-6.12.95+deb12-cloud-amd64',
      'linux-6.12.90+deb12-cloud-amd64',
      'linux-6.12.90-1+deb12-cloud-amd64',
    ]);
  });

  it('leaves out a kernel whose modules the archive no longer has', () => {
    const series = { ...catalog.find('linux-7.2')!, series: '6.19' };
    expect(index.packages.some(({ name }) => name.startsWith('linux-binary-6.19'))).toBe(true);
    expect(offered(series, index as PackageIndex)).toEqual([]);
  });
});
