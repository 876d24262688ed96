import { describe, expect, it } from 'vitest';
import { splitNames, splitOf } from '../../src/scenario/splits.js';

const machine = (image: string, ram: number, configuration: string) => ({
  image,
  labels: { kernel: ['linux', '6', image.slice(0, 4)], distribution: ['linux', 'debian', '12'] },
  hardware: { architecture: 'amd64', ram_mib: ram, cores: 1, nic: 'virtio-net-pci' },
  configuration: { name: configuration, sysctls: {} },
});

const machines = [
  machine('6.12+deb12', 256, 'a'),
  machine('6.12+deb13', 4096, 'a'),
  machine('6.18', 256, 'b'),
  machine('6.18', 4096, 'b'),
];

/** Rows that share a group, as one letter each. */
function groups(name: (typeof splitNames)[number]): string {
  const split = splitOf(name, machines);
  if (split === undefined || split.kind === 'stratified') return split?.kind ?? 'none';
  const known = [...new Set(split.groups)];
  return `${split.kind} ${split.groups.map((group) => 'abcd'[known.indexOf(group)]).join('')}`;
}

describe('splitOf', () => {
  it('keeps together what the name says', () => {
    expect(splitNames.map((name) => [name, groups(name)])).toEqual([
      ['stratified', 'stratified'],
      ['by-image', 'grouped abcc'],
      ['by-release', 'grouped aabb'],
      ['leave-hardware-out', 'leave-out abab'],
      ['leave-configuration-out', 'leave-out aabb'],
      ['leave-application-out', 'none'],
    ]);
  });
});
