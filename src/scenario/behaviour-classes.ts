import { sameRow, valueAt } from '../dataset/compact-summary.js';
import { type MachineSummary, PARTIAL } from '../dataset/summary.js';

/** A, B, …, Z, AA, AB, … for 0, 1, … */
export function classLetters(index: number): string {
  let text = '';
  for (let rest = index; rest >= 0; rest = Math.floor(rest / 26) - 1)
    text = String.fromCharCode(65 + (rest % 26)) + text;
  return text;
}

interface Representative {
  readonly members: MachineSummary[];
  /** By probe: which member shows what the class answers. */
  readonly shownBy: Uint16Array;
  /** Probes of which some member had every copy answered, or none. */
  readonly known: Uint8Array;
}

/** 1 for each probe that is compared: under `drop`, those that no machine answered in part. */
function comparedProbes(summaries: readonly MachineSummary[], partial: 'drop' | 'missing'): Uint8Array {
  const compared = new Uint8Array(summaries[0]!.probes).fill(1);
  if (partial === 'drop')
    for (const { answers, copies } of summaries)
      answers.forEach((count, probe) => {
        if (count > 0 && count < copies) compared[probe] = 0;
      });
  return compared;
}

function knownProbes(summary: MachineSummary, fields: number): Uint8Array {
  return Uint8Array.from({ length: summary.probes }, (_, probe) =>
    valueAt(summary, probe, 0, fields) === PARTIAL ? 0 : 1,
  );
}

/**
 * Classes of machines that gave equal summarised answers in all fields of all probes, by machine; `null` for
 * all when no probe is left to compare. Classes are lettered in the order of their first machines.
 *
 * A probe that some copies answered is no evidence either way (paper section 4.1): under `drop` it is left out
 * for all machines; under `missing` it fits any value, and a machine joins the first class that it contradicts
 * in nothing.
 */
export function behaviourClasses(
  summaries: readonly MachineSummary[],
  fields: number,
  partial: 'drop' | 'missing',
): Map<string, string | null> {
  if (summaries.length === 0) return new Map();
  const compared = comparedProbes(summaries, partial);
  if (!compared.includes(1)) return new Map(summaries.map(({ machine }) => [machine, null]));
  const representatives: Representative[] = [];
  const classes = new Map<string, string | null>();
  for (const summary of summaries) {
    const known = knownProbes(summary, fields);
    const fits = ({ members, shownBy, known: has }: Representative) => {
      for (let probe = 0; probe < summary.probes; probe++) {
        if (!compared[probe] || !known[probe] || !has[probe]) continue;
        if (!sameRow(members[shownBy[probe]!]!, summary, probe, fields)) return false;
      }
      return true;
    };
    let index = representatives.findIndex(fits);
    if (index < 0) {
      const shownBy = new Uint16Array(summary.probes);
      index = representatives.push({ members: [summary], shownBy, known }) - 1;
    } else learn(representatives[index]!, summary, known);
    classes.set(summary.machine, classLetters(index));
  }
  return classes;
}

/** Takes over the answers that the class has not shown yet. */
function learn(into: Representative, summary: MachineSummary, known: Uint8Array): void {
  const member = into.members.push(summary) - 1;
  let shows = false;
  for (let probe = 0; probe < summary.probes; probe++) {
    if (into.known[probe] || !known[probe]) continue;
    into.shownBy[probe] = member;
    into.known[probe] = 1;
    shows = true;
  }
  if (!shows) into.members.pop();
}
