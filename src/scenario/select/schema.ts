import { z } from 'zod';
import { probability } from '../units.js';

/** Machines of which every pair is looked at, for every probe. */
const mostPilots = 100;

/** What of `probes` says which of them are sent to all machines. */
export const selectKeys = {
  select: z
    .enum(['all', 'informative'])
    .default('all')
    .describe(
      'informative: a first pass sends all probes to a few machines, under the first condition, and all machines are then measured with those probes that split these. Probes that `path` tells by number are those of each pass',
    ),
  pilot: z
    .int()
    .min(2)
    .max(mostPilots)
    .optional()
    .describe(
      'select: informative: machines of the first pass, as different as the fleet has them; default: 16',
    ),
  keep: z
    .int()
    .min(1)
    .optional()
    .describe(
      'select: informative: probes that are kept for the second pass, fewer than `count`; default: 300',
    ),
  random: probability
    .optional()
    .describe('select: informative: share of the kept probes that is drawn from all others; default: 20%'),
};

interface Given {
  readonly count: number;
  readonly spread: 'rounds' | 'none' | number;
  readonly select: 'all' | 'informative';
  readonly pilot?: number | undefined;
  readonly keep?: number | undefined;
  readonly random?: number | undefined;
}

/** How probes are selected, defaults filled in. */
export interface Selecting {
  readonly pilot: number;
  readonly keep: number;
  readonly random: number;
}

/** Undefined where all probes are sent to all machines. */
export function selecting({
  select,
  pilot = 16,
  keep = 300,
  random = 0.2,
}: Omit<Given, 'count' | 'spread'>): Selecting | undefined {
  return select === 'all' ? undefined : { pilot, keep, random };
}

/** Tells the context of keys that belong to another `select`, and of a selection that selects nothing. */
export function checkSelect(given: Given, context: Pick<z.RefinementCtx, 'addIssue'>): void {
  const fault = (key: string, message: string) => context.addIssue({ code: 'custom', path: [key], message });
  const how = selecting(given);
  if (!how) {
    for (const key of ['pilot', 'keep', 'random'] as const)
      if (given[key] !== undefined) fault(key, `only \`select: informative\` has \`${key}\``);
    return;
  }
  if (typeof given.spread === 'number' && 2 * given.spread > how.keep)
    fault('spread', `of ${how.keep} kept probes copies can be half as many packets apart at most`);
  if (how.keep >= given.count)
    fault(
      given.keep === undefined ? 'select' : 'keep',
      `keeping ${how.keep} of ${given.count} probes selects none: keep fewer, or leave \`select\` out`,
    );
}
