import type { BehaviourGroup } from './behaviour-groups.js';

/** Probes to which every group answered in the same way as to the first of them. */
export interface ProbePattern {
  /** One character a group, in the groups' order; a space where a group has no response recorded. */
  readonly codes: string;
  readonly first: number;
  readonly probes: number;
}

/** Patterns that tell at least two groups apart, the most frequent first, and the probes that tell none. */
export function probePatterns(groups: readonly BehaviourGroup[]): {
  patterns: ProbePattern[];
  alike: number;
  total: number;
} {
  const total = Math.max(0, ...groups.map((group) => group.responses.length));
  const found = new Map<string, { codes: string; first: number; probes: number }>();
  let alike = 0;
  for (let probe = 0; probe < total; probe++) {
    const codes = groups.map((group) => group.responses[probe] ?? ' ').join('');
    if (codes === codes[0]!.repeat(codes.length)) {
      alike++;
      continue;
    }
    const pattern = found.get(codes);
    if (pattern) pattern.probes++;
    else found.set(codes, { codes, first: probe, probes: 1 });
  }
  const patterns = [...found.values()].sort((a, b) => b.probes - a.probes || a.first - b.first);
  return { patterns, alike, total };
}
