import { describe, expect, it } from 'vitest';
import { InputErrors } from '../../src/errors.js';
import { passesOf } from '../../src/scenario/plan.js';
import { parseScenario } from '../../src/scenario/read.js';
import { pilotMachines } from '../../src/scenario/select/pilot-machines.js';
import { selecting } from '../../src/scenario/select/schema.js';
import { fleetOf } from './scenario-text.js';

const scenario = (probes: string) => `machines: [{image: linux-6.12}]\nprobes: ${probes}\n`;

function faults(probes: string): string[] {
  try {
    parseScenario(scenario(probes), 'a.yaml');
    return [];
  } catch (error) {
    if (!(error instanceof InputErrors)) throw error;
    return error.errors.map(({ message, place }) => `${place?.line}:${place?.column} ${message}`);
  }
}

describe('probes.select', () => {
  const given = (probes: string) => selecting(parseScenario(scenario(probes), 'a.yaml').scenario.probes);

  it('is all, or informative with numbers of its own', () => {
    expect(given('{count: 5000}')).toBeUndefined();
    expect(given('{count: 5000, select: all}')).toBeUndefined();
    expect(given('{count: 5000, select: informative}')).toEqual({ pilot: 16, keep: 300, random: 0.2 });
    expect(given('{count: 50, select: informative, pilot: 4, keep: 10, random: 0%}')).toEqual({
      pilot: 4,
      keep: 10,
      random: 0,
    });
  });

  it.each([
    ['{count: 50, keep: 10}', ['2:27 probes.keep: only `select: informative` has `keep`']],
    [
      '{select: informativ}',
      [/^2:18 probes.select is "informativ"; did you mean "informative"\? valid: all/],
    ],
    ['{select: informative, pilot: 1, count: 999}', [/^2:38 probes.pilot is 1: .*>=2/]],
    ['{select: informative, pilot: 101, count: 999}', [/^2:38 probes.pilot is 101: .*<=100/]],
    ['{select: informative, random: 120%, count: 999}', [/^2:39 probes.random: "120%" is not a probability/]],
    [
      '{select: informative, count: 50, keep: 50}',
      [/^2:48 probes.keep: keeping 50 of 50 probes selects none/],
    ],
    [
      '{select: informative, count: 500, keep: 50, spread: 30}',
      [/^2:61 probes.spread: of 50 kept probes copies can be half as many packets apart/],
    ],
    ['{select: informative, count: 50}', [/^2:18 probes.select: keeping 300 of 50 probes selects none/]],
  ])('refuses %s, and says where', (probes, messages) => {
    expect(faults(probes)).toEqual(
      messages.map((message) => (typeof message === 'string' ? message : expect.stringMatching(message))),
    );
  });
});

describe('pilotMachines', () => {
  const fleet = fleetOf(`machines:
  - {image: linux-6.12+deb13, ram: [128M, 1G], configuration: [stock, hardened, ecn-off], cores: [1, 2]}
  - {image: [linux-5.10, linux-6.18], ram: [256M, 1G]}
  - {image: lwip-2.2.1}`);
  const images = (count: number, seed = 1) =>
    pilotMachines(fleet, count, seed).map(({ image }) => image.replace('linux-', '').replace('+deb13', ''));

  it('has every image once before any twice, those of many machines first', () => {
    expect(images(1)).toEqual(['6.12']);
    expect(images(4)).toEqual(['6.12', '5.10', '6.18', 'lwip-2.2.1']);
    expect(images(7)).toEqual(['6.12', '6.12', '5.10', '5.10', '6.18', '6.18', 'lwip-2.2.1']);
  });

  it('has machines of an image that differ in what can differ', () => {
    const own = pilotMachines(fleet.slice(0, 12), 3, 5);
    expect(new Set(own.map(({ configuration }) => configuration.name)).size).toBe(3);
    const two = pilotMachines(fleet.slice(0, 12), 2, 5);
    for (const trait of ['ramMib', 'cores'] as const)
      expect(new Set(two.map((one) => one[trait])).size).toBe(2);
  });

  it('follows from the seed, and takes all of a small fleet', () => {
    const ids = (seed: number) => pilotMachines(fleet, 6, seed).map(({ id }) => id);
    expect(ids(1)).toEqual(ids(1));
    expect(new Set([1, 2, 3, 4].map((seed) => ids(seed).join())).size).toBeGreaterThan(1);
    expect(pilotMachines(fleet, 100, 1)).toEqual(fleet);
  });
});

describe('passesOf', () => {
  const planned = (probes: string, machines: number, more = '') =>
    passesOf(
      ...([
        parseScenario(scenario(probes) + more, 'a.yaml').scenario,
        machines,
        machines * (more ? 2 : 1),
      ] as const),
    );

  it('counts what is sent to the pilot once and to the fleet under every condition', () => {
    expect(planned('{count: 400, copies: 3}', 10)).toEqual({
      fleet: { boots: 10, probes: 400, packets: 12_000, restores: 0 },
    });
    const some = '{count: 400, copies: 3, select: informative, pilot: 4, keep: 40}';
    const conditions = 'conditions: [{name: a}, {name: b, path: {forward: [{loss: 1%}]}}]\n';
    expect(planned(some, 10, conditions)).toEqual({
      pilot: { boots: 4, probes: 400, packets: 4800, restores: 0 },
      fleet: { boots: 20, probes: 40, packets: 2400, restores: 0 },
    });
    expect(planned(some, 3).pilot).toMatchObject({ boots: 3, packets: 3600 });
  });

  it('counts the fresh machines of both passes', () => {
    // 1,200 packets to each of the pilot are 12 groups, 120 to each of the fleet are 2.
    const fresh =
      '{count: 400, copies: 3, select: informative, pilot: 4, keep: 40, state: fresh, group: 100}';
    const { pilot, fleet } = planned(fresh, 10);
    expect([pilot!.restores, fleet.restores]).toEqual([44, 10]);
  });
});
