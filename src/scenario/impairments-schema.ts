import { z } from 'zod';
import { duration, probability } from './units.js';

/** Impairments by kind, as a scenario writes them; each becomes its `StageSpec` without the kind. */
export const impairments = {
  loss: probability
    .transform((given) => ({ probability: given }))
    .describe('each packet is lost with this probability'),
  delay: z
    .union([
      duration.transform((time) => ({ time, jitter: 0 })),
      z.strictObject({ time: duration, jitter: duration.default(0) }),
    ])
    .describe('each packet waits; with jitter, uniformly to either side'),
  duplicate: probability
    .transform((given) => ({ probability: given }))
    .describe('a packet is sent on twice with this probability'),
  reorder: z
    .strictObject({ probability, delay: duration })
    .describe('the chosen packets go at once, all others wait'),
};
