import { createHash } from 'node:crypto';

/** Milliseconds the reference work took on the machine on which the time limits were chosen. */
const referenceMs = 25;

/**
 * How much slower than the reference this machine is now, at least 1: time limits are multiplied by it, so
 * that a loaded or small machine gets patience instead of failures. Costs about 50 ms.
 */
export function slowdownFactor(): number {
  const block = Buffer.alloc(1 << 20, 7);
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 3; round++) {
    const start = performance.now();
    const hash = createHash('md5');
    for (let i = 0; i < 12; i++) hash.update(block);
    hash.digest();
    best = Math.min(best, performance.now() - start);
  }
  return Math.max(1, best / referenceMs);
}
