import type { MachineResult } from '../result.js';

/**
 * Machines that agree in the kind of response to every probe that neither answered in part. A partial answer
 * may be loss as well as silence, so by the paper's rule (section 4.1) it is a missing value, not a difference.
 */
export interface BehaviourGroup {
  /** `G1`, `G2`, ... in order of display. */
  readonly name: string;
  /** What the members agree on; `p` only where all of them were partial. */
  readonly responses: string;
  readonly machines: readonly MachineResult[];
}

interface Draft {
  responses: string;
  readonly machines: MachineResult[];
}

const partial = 'p';
const partialCode = partial.charCodeAt(0);

function agree(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) {
    const [one, other] = [a.charCodeAt(index), b.charCodeAt(index)];
    if (one !== other && one !== partialCode && other !== partialCode) return false;
  }
  return true;
}

function merged(a: string, b: string): string {
  if (!a.includes(partial)) return a;
  let text = '';
  for (let index = 0; index < a.length; index++) text += a[index] === partial ? b[index] : a[index];
  return text;
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
function chain(drafts: readonly Draft[]): Draft[] {
  const rest = [...drafts].sort((a, b) => b.machines.length - a.machines.length);
  if (rest.length > chainedAtMost) return rest;
  const ordered: Draft[] = [];
  let next = rest.shift();
  while (next) {
    const { responses } = next;
    ordered.push(next);
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

function byResponses(machines: readonly MachineResult[]): Draft[] {
  const drafts = new Map<string, Draft>();
  for (const machine of machines) {
    const { responses } = machine;
    if (responses === '') continue;
    const draft = drafts.get(responses);
    if (draft) draft.machines.push(machine);
    else drafts.set(responses, { responses, machines: [machine] });
  }
  return [...drafts.values()];
}

/** How many different response strings there are, a partial answer counted as a kind of its own. */
export function distinctResponses(machines: readonly MachineResult[]): number {
  return byResponses(machines).length;
}

/** Groups the machines that have responses; similar groups are neighbours. */
export function behaviourGroups(machines: readonly MachineResult[]): BehaviourGroup[] {
  const strings = byResponses(machines).map((draft) => ({
    draft,
    gaps: draft.responses.split(partial).length - 1,
  }));
  // Complete strings first: a string with gaps then finds the group it belongs to instead of founding one.
  strings.sort((a, b) => a.gaps - b.gaps);
  const groups: Draft[] = [];
  for (const { draft } of strings) {
    const group = groups.find(({ responses }) => agree(responses, draft.responses));
    if (!group) groups.push(draft);
    else {
      group.responses = merged(group.responses, draft.responses);
      group.machines.push(...draft.machines);
    }
  }
  return chain(groups).map(({ responses, machines: members }, index) => ({
    name: `G${index + 1}`,
    responses,
    machines: members,
  }));
}
