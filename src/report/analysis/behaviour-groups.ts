import type { MachineResult } from '../result.js';

/** Machines whose response strings are identical. */
export interface BehaviourGroup {
  /** `G1`, `G2`, ... in order of display. */
  readonly name: string;
  readonly responses: string;
  readonly machines: readonly MachineResult[];
}

function distance(a: string, b: string): number {
  let differing = Math.abs(a.length - b.length);
  for (let index = Math.min(a.length, b.length) - 1; index >= 0; index--) {
    if (a.charCodeAt(index) !== b.charCodeAt(index)) differing++;
  }
  return differing;
}

/** Above this many groups the quadratic search for neighbours is left out. */
const chainedAtMost = 400;

/** A chain from the largest group, each next the nearest by Hamming distance: like rows stand together. */
function chain(groups: readonly MachineResult[][]): MachineResult[][] {
  const rest = groups.map((machines) => ({ machines, responses: machines[0]!.responses }));
  rest.sort((a, b) => b.machines.length - a.machines.length);
  if (rest.length > chainedAtMost) return rest.map((group) => group.machines);
  const ordered: MachineResult[][] = [];
  let next = rest.shift();
  while (next) {
    const { machines, responses } = next;
    ordered.push(machines);
    let nearest = 0;
    let least = Number.POSITIVE_INFINITY;
    rest.forEach((candidate, index) => {
      const differing = distance(responses, candidate.responses);
      if (differing < least) [nearest, least] = [index, differing];
    });
    next = rest.splice(nearest, 1)[0];
  }
  return ordered;
}

/** Groups the machines that have responses by identical response strings; similar groups are neighbours. */
export function behaviourGroups(machines: readonly MachineResult[]): BehaviourGroup[] {
  const byResponses = new Map<string, MachineResult[]>();
  for (const machine of machines) {
    if (machine.responses === '') continue;
    const alike = byResponses.get(machine.responses);
    if (alike) alike.push(machine);
    else byResponses.set(machine.responses, [machine]);
  }
  return chain([...byResponses.values()]).map((alike, index) => ({
    name: `G${index + 1}`,
    responses: alike[0]!.responses,
    machines: alike,
  }));
}

/**
 * The number of groups when the probes that some machine answered only in part are left out (the paper
 * disregards them, section 4.1), and how many probes remain.
 */
export function groupsWithoutPartial(groups: readonly BehaviourGroup[]): { groups: number; probes: number } {
  const length = Math.max(0, ...groups.map((group) => group.responses.length));
  const kept: number[] = [];
  for (let probe = 0; probe < length; probe++) {
    if (groups.every((group) => group.responses[probe] !== 'p')) kept.push(probe);
  }
  const distinct = new Set(
    groups.map((group) => kept.map((probe) => group.responses[probe] ?? ' ').join('')),
  );
  return { groups: distinct.size, probes: kept.length };
}
