import { z } from 'zod';

const ttl = z
  .strictObject({
    set: z.int().min(1).max(255).optional().describe('new time to live'),
    decrement: z.int().min(1).max(255).optional().describe('hops to count down'),
  })
  .refine((given) => (given.set === undefined) !== (given.decrement === undefined), {
    message: 'give either `set` or `decrement`',
  })
  .transform(({ set, decrement }) => (set !== undefined ? { set } : { decrement: decrement! }));

/** Middlebox rewrites by kind, as a scenario writes them; each becomes its `StageSpec` without the kind. */
export const rewrites = {
  ttl: ttl.describe('rewrites the time to live'),
};
