import { z } from 'zod';
import { distributions } from '../netem/impairment/distribution.js';
import type { ImpairmentSpec } from '../netem/impairment/index.js';
import { fault } from './fault-schema.js';
import { bitRate, duration, probability } from './units.js';

const correlation = probability
  .refine((given) => given <= 0.99, { message: 'a correlation is at most 99%' })
  .describe(
    '0% to 99%: how far a packet takes after the one before it in the sequence of probes; as in netem, rare events ' +
      'become rarer by it, but for delays',
  );

const chance = z.union([
  probability.transform((given) => ({ probability: given })),
  z.strictObject({ probability, correlation: correlation.optional() }),
]);

/** Probabilities of which at most one comes true; rounding aside. */
const exclusive = (a: number, b: number) => a + b <= 1 + 1e-12;

const gemodel = z
  .strictObject({
    p: probability.describe('from the good to the bad state'),
    r: probability.optional().describe('from the bad to the good state; default: 100% - p'),
    '1-h': probability.default(1).describe('loss in the bad state'),
    '1-k': probability.default(0).describe('loss in the good state'),
  })
  .transform(({ p, r = 1 - p, '1-h': lossInBad, '1-k': lossInGood }) => ({
    ...{ kind: 'loss-gemodel' as const, p, r, lossInBad, lossInGood },
  }));

const lossState = z
  .strictObject({
    p13: probability.describe('from received in a gap to lost in a burst'),
    p31: probability.optional().describe('from lost in a burst to received in a gap; default: 100% - p13'),
    p32: probability.default(0).describe('from lost to received in a burst'),
    p23: probability.default(1).describe('from received to lost in a burst'),
    p14: probability.default(0).describe('from received in a gap to lost alone'),
  })
  .transform((given) => ({ kind: 'loss-state' as const, ...given, p31: given.p31 ?? 1 - given.p13 }))
  .refine((given) => exclusive(given.p31, given.p32), { message: 'p31 and p32 are more than 100% together' })
  .refine((given) => exclusive(given.p13, given.p14), { message: 'p13 and p14 are more than 100% together' });

const delayForm = z
  .strictObject({
    time: duration,
    jitter: duration.default(0),
    correlation: correlation.optional(),
    distribution: z.enum(distributions).optional(),
  })
  .refine(({ jitter, correlation: given, distribution }) => jitter > 0 || (!given && !distribution), {
    message: '`correlation` and `distribution` are about the jitter: give a `jitter` too',
  });

const delay = z.union([duration.transform((time) => ({ time, jitter: 0 })), delayForm]);

const slot = z
  .strictObject({
    min: duration.optional().describe('shortest wait for a slot'),
    max: duration.optional().describe('longest wait for a slot; default: `min`'),
    time: duration.optional().describe('mean wait for a slot, with a distribution'),
    jitter: duration.optional(),
    distribution: z.enum(distributions).optional(),
    packets: z.int().min(1).optional().describe('most packets that leave in one slot'),
    bytes: z.int().min(1).optional().describe('most bytes that leave in one slot'),
  })
  .transform(({ min, max, time, jitter = 0, distribution, ...budget }, context) => {
    const drawn = time !== undefined && min === undefined && max === undefined;
    const ranged = min !== undefined && time === undefined && jitter === 0 && distribution === undefined;
    if (drawn) return { delay: { time, jitter, distribution }, ...budget };
    if (ranged && (max ?? min) >= min) return { delay: [min, max ?? min] as const, ...budget };
    const message = ranged
      ? '`max` is less than `min`'
      : 'give `min` and `max`, or `time`, `jitter` and `distribution`';
    context.addIssue({ code: 'custom', message, path: ranged ? ['max'] : [] });
    return z.NEVER;
  });

const rate = z.union([
  bitRate.transform((given) => ({ rate: given })),
  z
    .strictObject({
      rate: bitRate,
      packet_overhead: z.int().min(-65_535).max(65_535).default(0).describe('bytes more a packet, or less'),
      cell_size: z.int().min(0).max(65_535).default(0).describe('bytes of a cell of the link layer'),
      cell_overhead: z.int().min(0).max(65_535).default(0).describe('bytes more a cell'),
    })
    .transform(({ rate: given, packet_overhead, cell_size, cell_overhead }) => ({
      rate: given,
      packetOverhead: packet_overhead,
      cellSize: cell_size,
      cellOverhead: cell_overhead,
    })),
]);

/**
 * Impairments by kind, as a scenario writes them; each becomes its `StageSpec`, without the kind where that is the
 * key. Names and units are those of tc-netem(8).
 */
export const impairments = {
  loss: z
    .union([
      chance,
      z.strictObject({ gemodel }).transform((given) => given.gemodel),
      z.strictObject({ state: lossState }).transform((given) => given.state),
    ])
    .describe('packets are lost: at random, by the Gilbert-Elliott model or by a four-state model'),
  delay: delay.describe('each packet waits; with jitter, longer or shorter as its distribution has it'),
  duplicate: chance.describe('a packet is sent on twice with this probability'),
  corrupt: chance.describe('one bit of a packet is turned over with this probability'),
  reorder: z
    .strictObject({
      probability,
      correlation: correlation.optional(),
      gap: z
        .int()
        .min(1)
        .max(1_000_000)
        .optional()
        .describe('packets from one that may overtake to the next'),
      delay,
    })
    .describe('the chosen packets go at once, all others wait'),
  rate: rate.describe('packets go one after another, each as long as it takes at this rate'),
  slot: slot.describe('packets gather and leave together; which ones is not reproducible'),
  limit: z
    .int()
    .min(1)
    .transform((packets) => ({ packets }))
    .describe('packets that may wait in the stages after this one, others are dropped; not reproducible'),
  fault: fault.describe('does something to exactly those packets that a predicate fits'),
};

type Must<Spec extends ImpairmentSpec> = Spec;

type Kind = keyof typeof impairments;

/** Does not compile where the schema of a kind makes anything but a spec of an impairment. */
export type ImpairmentOfScenario = Must<
  { [K in Kind]: { readonly kind: K } & z.output<(typeof impairments)[K]> }[Exclude<Kind, 'loss'>]
>;
