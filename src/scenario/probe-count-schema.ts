import { z } from 'zod';
import { accuracyFields } from './field-set.js';
import { oneOrMore } from './machines-schema.js';

/** How many pairs of machines are told apart by random sets of more and more probes (paper, figure 2a). */
export const probeCountExperiment = z
  .strictObject({
    kind: z.literal('probe-count'),
    pairs: z.int().min(1).max(10_000).default(200).describe('pairs of different machines that are drawn'),
    sets: z.int().min(1).max(10_000).default(100).describe('random sets of probes of each size'),
    fields: oneOrMore(z.enum(accuracyFields).exclude(['semantic', 'both']))
      .default(['raw'])
      .describe('raw, or vetted, as in `accuracy`'),
  })
  .meta({ description: 'pairs of machines that random sets of probes tell apart, by the number of probes' });

export type ProbeCountExperiment = z.output<typeof probeCountExperiment>;
