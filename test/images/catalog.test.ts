import { describe, expect, it } from 'vitest';
import { findEntries, loadCatalog } from '../../images/catalog.js';
import { stackSchema } from '../../images/stacks/stack.js';
import { InputError, InputErrors } from '../../src/errors.js';

const catalog = await loadCatalog();

describe('the catalogue', () => {
  it('has the builds of each series, and no series that cannot reach the wire', () => {
    const kernels = catalog.entries().filter(({ series }) => series !== '');
    const builds = new Set(kernels.map(({ series, build }) => `${series}+${build}`));
    expect([...builds]).toEqual([
      '5.10+deb11',
      '6.1+deb12',
      '6.1+deb11',
      '6.5+deb12',
      '6.12+deb13',
      '6.12+deb12',
      '6.16+deb13',
      '6.17+deb13',
      '6.18+deb13',
      '7.2+deb13',
      '7.2+deb14',
      '7.3+deb13',
      '7.3+exp',
    ]);
  });

  it('finds an entry by its id and by every alias', () => {
    for (const entry of catalog.entries()) {
      for (const name of [entry.id, ...entry.aliases]) expect(catalog.find(name)?.id).toBe(entry.id);
    }
  });

  it('lets flavour and architecture be left out, and the build where one is the default', () => {
    expect(catalog.find('linux-6.12+deb13')?.id).toBe('linux-6.12+deb13-cloud-amd64');
    expect(catalog.find('linux-5.10')?.id).toBe('linux-5.10+deb11-cloud-amd64');
    expect(catalog.find('linux-6.12+deb12-amd64')?.id).toBe('linux-6.12+deb12-cloud-amd64');
    expect(catalog.entries().flatMap(({ aliases }) => aliases).length).toBe(
      new Set(catalog.entries().flatMap(({ aliases }) => aliases)).size,
    );
  });

  it('has each flavour only for the architectures that the archive builds it for', () => {
    const variants = (series: string) =>
      catalog
        .entries()
        .filter((entry) => entry.series === series)
        .map(({ build, flavour, architecture }) => `${build}-${flavour}-${architecture}`);
    expect(variants('6.5')).toEqual(['deb12-generic-i386']);
    expect(variants('5.10')).toEqual([
      'deb11-cloud-amd64',
      'deb11-generic-amd64',
      'deb11-rt-amd64',
      'deb11-generic-i386',
      'deb11-rt-i386',
      'deb11-cloud-arm64',
      'deb11-generic-arm64',
      'deb11-rt-arm64',
    ]);
    expect(variants('6.12')).toContain('deb13-generic-riscv64');
  });

  it('means the first flavour that an architecture has when an id names none', () => {
    expect(catalog.find('linux-6.12-arm64')?.id).toBe('linux-6.12+deb13-cloud-arm64');
    expect(catalog.find('linux-6.12-riscv64')?.id).toBe('linux-6.12+deb13-generic-riscv64');
    expect(catalog.find('linux-6.1-i386')?.id).toBe('linux-6.1+deb12-generic-i386');
    expect(catalog.find('linux-6.1+deb11-rt')?.id).toBe('linux-6.1+deb11-rt-amd64');
  });

  it('gives arguments of one processor to no other', () => {
    expect(catalog.find('linux-6.12')?.append).toContain('noreplace-smp');
    expect(catalog.find('linux-6.12-arm64')?.append).not.toContain('noreplace-smp');
  });

  it('pins the version of an exact point release', () => {
    expect(catalog.find('linux-6.12.117+deb13')).toMatchObject({
      id: 'linux-6.12.117+deb13-cloud-amd64',
      pinned: '6.12.117',
      series: '6.12',
    });
    expect(catalog.find('linux-6.12')?.pinned).toBeUndefined();
  });

  it.each([
    'linux-6.19',
    'linux-6.12+deb11',
    'linux-6.12-cloud-riscv64',
    'linux-6.12-i386',
    'linux-6.5',
    'linux-6.5-rt-i386',
    'linux-6.12+deb13-desktop',
    'windows-11',
    '',
  ])('does not know %j', (id) => expect(catalog.find(id)).toBeUndefined());

  it('labels kernel and distribution from coarse to fine', () => {
    expect(catalog.find('linux-6.12.117+deb12')?.labels).toEqual({
      kernel: ['linux', 'linux 6.x', 'linux 6.12.117'],
      distribution: ['linux', 'debian', 'debian 12'],
    });
    expect(catalog.find('linux-7.3+exp')?.labels).toEqual({
      kernel: ['linux', 'linux 7.x', 'linux 7.3'],
      distribution: ['linux', 'debian', 'debian experimental'],
    });
    expect(catalog.find('linux-7.3-rc7+exp')?.labels.kernel[2]).toBe('linux 7.3-rc7');
    expect(catalog.find('linux-6.12.115-1+deb13')?.labels.kernel[2]).toBe('linux 6.12.115');
  });
});

describe('findEntries', () => {
  it('names the nearest ids for an unknown one', () => {
    expect(() => findEntries(catalog, ['linux-6.21'])).toThrow(InputError);
    try {
      findEntries(catalog, ['linx-6.12+deb13']);
    } catch (error) {
      expect((error as InputError).remedy).toContain('linux-6.12+deb13');
    }
  });

  it('reports all unknown ids together', () => {
    expect(() => findEntries(catalog, ['linux-6.12', 'linux-1.0', 'plan9'])).toThrow(InputErrors);
  });
});

describe('what a machine answers', () => {
  it('is said of every image, all of it of a kernel', () => {
    for (const entry of catalog.entries()) if (!entry.netem) expect(entry.answers).toContain('arp');
    expect(catalog.find('linux-6.12')?.answers).toEqual([
      'arp',
      'ping',
      'syn-open',
      'syn-closed',
      'udp-closed',
    ]);
  });

  it('must be something that says when the machine has handled a probe', () => {
    const stack = catalog.stacks['lwip-2.2.1']!;
    expect(stackSchema.safeParse({ ...stack, answers: ['arp'] }).success).toBe(true);
    const refused = stackSchema.safeParse({ ...stack, answers: ['syn-open', 'udp-closed'] });
    expect(refused.error?.issues[0]?.message).toContain('arp, ping, syn-closed');
  });

  it('comes with a console whose patterns are patterns', () => {
    const stack = catalog.stacks['lwip-2.2.1']!;
    const withConsole = (expect: string) =>
      stackSchema.safeParse({ ...stack, console: [{ expect, send: '\n' }] }).success;
    expect(withConsole('=> $')).toBe(true);
    expect(withConsole('(=> ')).toBe(false);
  });
});
