import { distance } from 'fastest-levenshtein';

/** The name nearest to what was written, when it is near enough to be meant. */
export function nearestName(given: string, names: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.ceil(given.length / 2));
  for (const name of names) {
    const far = distance(given.toLowerCase(), name.toLowerCase());
    if (far < bestDistance) {
      best = name;
      bestDistance = far;
    }
  }
  return best;
}
