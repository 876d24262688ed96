import { z } from 'zod';

const count = z.int().min(0);

/** Pairs of machines that random sets of probes tell apart, by their number (paper section 4.1, figure 2a). */
export const probeCountResult = z.object({
  fields: z.string().describe('by which machines were told apart: raw, or vetted'),
  machines: count.describe('from which the pairs were drawn'),
  pairs: count.describe('pairs that were drawn'),
  told: count.describe('of these, the ones that all probes together tell apart'),
  sets: count.describe('random sets of each size'),
  counts: z.array(
    z.object({
      probes: count,
      mean: z.number().min(0).describe('pairs told apart, mean over the sets'),
      range95: z.array(z.number().min(0)).length(2).describe('within which those of 95 % of the sets lie'),
    }),
  ),
});

export type ProbeCountResult = z.infer<typeof probeCountResult>;
