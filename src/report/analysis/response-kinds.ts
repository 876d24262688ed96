import type { MachineResult } from '../result.js';

/** A character of `responses` and what it says. */
export interface ResponseKind {
  readonly code: string;
  readonly name: string;
}

/** The kinds in the order of the contract's legend. */
export const responseKinds: readonly ResponseKind[] = [
  { code: 'S', name: 'SYN-ACK' },
  { code: 'R', name: 'RST' },
  { code: 'A', name: 'other TCP' },
  { code: 'I', name: 'ICMP' },
  { code: 'U', name: 'UDP' },
  { code: 'p', name: 'partial: some copies answered' },
  { code: '.', name: 'silence' },
];

/** Kind of a character that the contract does not name. */
export const unknownKind: ResponseKind = { code: '?', name: 'not named by the contract' };

const known = new Set(responseKinds.map((kind) => kind.code));

/** The code under which `character` is drawn and counted. */
export function kindCode(character: string): string {
  return known.has(character) ? character : unknownKind.code;
}

/** Machine x probe pairs of each kind over all machines; kinds that do not occur are left out. */
export function countKinds(machines: readonly MachineResult[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { responses } of machines) {
    for (const character of responses) {
      const code = kindCode(character);
      counts.set(code, (counts.get(code) ?? 0) + 1);
    }
  }
  return counts;
}
