import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { behaviourGroups, distinctResponses } from '../../../src/report/analysis/behaviour-groups.js';
import { probeOrder } from '../../../src/report/analysis/probe-order.js';
import { probePatterns } from '../../../src/report/analysis/probe-patterns.js';
import type { MachineResult } from '../../../src/report/result.js';
import { small } from '../fixtures/index.js';

const template = small().machines[0]!;
const machines = (...responses: string[]): MachineResult[] =>
  responses.map((text, index) => ({ ...template, id: `m${index}`, responses: text }));
const ids = (list: readonly MachineResult[]) => list.map(({ id }) => id).sort();

describe('behaviour groups', () => {
  it('hold machines with equal responses; machines without responses are in none', () => {
    const groups = behaviourGroups(machines('SR.', 'SRR', 'SR.', ''));
    expect(groups.map((group) => ids(group.machines))).toEqual([['m0', 'm2'], ['m1']]);
  });

  it('take a partial answer for a missing value and fill it from the other members', () => {
    const groups = behaviourGroups(machines('SpR', 'SS.', 'SSR', 'pSR'));
    expect(groups.map((group) => [group.responses, ids(group.machines)])).toEqual([
      ['SSR', ['m0', 'm2', 'm3']],
      ['SS.', ['m1']],
    ]);
    expect(distinctResponses(machines('SpR', 'SSR', 'SSR'))).toBe(2);
  });

  it('keep a probe partial that every member answered in part', () => {
    expect(behaviourGroups(machines('Sp', 'Sp'))[0]!.responses).toBe('Sp');
  });

  it('put every machine in one group, and agree with each of its members', () => {
    const response = fc.stringMatching(/^[SR.p]{6}$/);
    fc.assert(
      fc.property(fc.array(response, { maxLength: 20 }), (responses) => {
        const all = machines(...responses);
        const groups = behaviourGroups(all);
        expect(ids(groups.flatMap((group) => group.machines))).toEqual(ids(all));
        for (const group of groups) {
          for (const machine of group.machines) {
            [...machine.responses].forEach((kind, probe) => {
              if (kind !== 'p') expect(kind).toBe(group.responses[probe]);
            });
          }
        }
      }),
    );
  });

  it('stand next to the group they resemble most', () => {
    const groups = behaviourGroups(machines('SSSSSS', 'RRRRRR', 'SSSSS.'));
    expect(groups.map((group) => group.responses)).toEqual(['SSSSSS', 'SSSSS.', 'RRRRRR']);
  });
});

describe('probes', () => {
  const groups = behaviourGroups(machines('SSRS.', 'SRRS.', 'SSRRS'));

  it('with like answers stand together', () => {
    expect(probeOrder(groups)).toEqual([0, 1, 3, 2, 4]);
  });

  it('are counted by the pattern in which they set groups apart', () => {
    const { patterns, alike, total } = probePatterns(groups);
    expect([total, alike]).toEqual([5, 2]);
    expect(patterns.reduce((sum, pattern) => sum + pattern.probes, 0)).toBe(3);
    expect(patterns.map((pattern) => pattern.first)).toEqual([1, 3, 4]);
  });
});
