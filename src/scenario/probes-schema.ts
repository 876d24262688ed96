import { z } from 'zod';
import { checkSelect, selectKeys } from './select/schema.js';
import { probability } from './units.js';

/** Probe packets from one fresh machine to the next, unless a scenario says otherwise. */
export const usualGroup = 500;

const port = z.int().min(1).max(65_535);

/** What is sent to each machine, how often and in which order. */
export const probes = z
  .strictObject({
    count: z.int().min(1).max(1_000_000).default(300).describe('different probes'),
    copies: z.int().min(1).max(10_000).default(6).describe('times each probe is sent (paper section 4.1)'),
    open: port.default(22).describe('TCP port with a listener'),
    closed: port.default(81).describe('TCP port without one'),
    closed_share: probability.default(0.25).describe('share of the probes that go to the closed port'),
    reset: z
      .boolean()
      .default(true)
      .describe('answer each SYN-ACK with a RST, so that no half-open state builds up in the machine'),
    order: z
      .enum(['shuffled', 'listed'])
      .default('shuffled')
      .describe(
        'shuffled: drawn by the seed for each machine, under all conditions alike, and anew for each copy, so that an answer that depends on the packets before it differs between copies; listed: the same for all machines and copies',
      ),
    spread: z
      .union([z.enum(['rounds', 'none']), z.int().min(1)])
      .default('rounds')
      .describe(
        'how far apart the copies of a probe are sent: rounds, each in a round of all probes, at least half of `count` packets apart; none, back to back; a number N, at least N packets apart',
      ),
    ...selectKeys,
    state: z
      .enum(['kept', 'fresh'])
      .default('kept')
      .describe(
        'kept: a machine takes all of its probes (the paper); fresh: before each `group` of them another one takes its place, which has seen no packet: a copy of a guest that was booted once, a program that is started again',
      ),
    group: z
      .int()
      .min(1)
      .optional()
      .describe(
        `of \`state: fresh\`: probe packets from one fresh machine to the next; default: ${usualGroup}`,
      ),
  })
  .refine((given) => given.open !== given.closed, { message: '`open` and `closed` must be different ports' })
  .refine((given) => given.count * given.copies <= 16_000_000, {
    message: 'count x copies may be at most 16,000,000 a machine: every copy has a source address of its own',
  })
  .refine(({ state, group }) => group === undefined || state === 'fresh', {
    path: ['group'],
    message: '`group` is how many probes a fresh machine takes: add `state: fresh`, or leave it out',
  })
  .refine(({ count, spread }) => typeof spread !== 'number' || 2 * spread <= count, {
    path: ['spread'],
    message: 'copies can be half of `count` packets apart at most: give a smaller number, or `rounds`',
  })
  .superRefine(checkSelect);

/** How often a machine gives way to a fresh one while it is probed. */
export function restoresOf({ count, copies, state, group = usualGroup }: z.output<typeof probes>): number {
  return state === 'fresh' ? Math.ceil((count * copies) / group) - 1 : 0;
}
