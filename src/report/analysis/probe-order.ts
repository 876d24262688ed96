import type { BehaviourGroup } from './behaviour-groups.js';
import { kindCode, responseKinds, unknownKind } from './response-kinds.js';

const rank = new Map([...responseKinds, unknownKind].map(({ code }, index) => [code, index]));

function commonest(codes: readonly string[], weights: readonly number[]): number {
  const votes = new Map<string, number>();
  codes.forEach((code, index) => {
    votes.set(code, (votes.get(code) ?? 0) + weights[index]!);
  });
  const [code] = [...votes].reduce((best, vote) => (vote[1] > best[1] ? vote : best));
  return rank.get(code) ?? rank.size;
}

/**
 * Numbers of the probes, ordered so that probes with like answers stand together: by the kind most machines
 * gave, then probes on which all groups agree, then by pattern, then by number.
 */
export function probeOrder(groups: readonly BehaviourGroup[]): number[] {
  const probes = Math.max(0, ...groups.map((group) => group.responses.length));
  const weights = groups.map((group) => group.machines.length);
  const keys = Array.from({ length: probes }, (_, probe) => {
    const codes = groups.map((group) => kindCode(group.responses[probe] ?? '.'));
    const unanimous = codes.every((code) => code === codes[0]);
    return { probe, kind: commonest(codes, weights), split: unanimous ? 0 : 1, codes: codes.join('') };
  });
  keys.sort(
    (a, b) =>
      a.kind - b.kind ||
      a.split - b.split ||
      (a.codes < b.codes ? -1 : a.codes > b.codes ? 1 : a.probe - b.probe),
  );
  return keys.map(({ probe }) => probe);
}
