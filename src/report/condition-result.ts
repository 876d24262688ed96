import { z } from 'zod';

const count = z.int().min(0);
const share = z.number().min(0).max(1);

/** What a network condition is, and what it did to the answers; counts of pairs are of machines x probes. */
export const conditionResult = z.object({
  name: z.string(),
  swept: z
    .object({
      stage: z.string().describe('kind of the stage that is swept'),
      value: z.string().describe('as the scenario writes it, e.g. 5%'),
      number: z.number().nullable().describe('its number, where it is one'),
      unit: z.string(),
    })
    .optional()
    .describe('the value of a sweep that this condition is for'),
  forward: z.array(z.string()).describe('stages from prober to machine, as text'),
  reverse: z.array(z.string()),
  machines: count.describe('machines measured under it'),
  failed: z.array(z.object({ machine: z.string(), reason: z.string() })),
  packets_sent: count,
  packets_received: count,
  lost_by_path: count,
  decisions: count,
  answered: count.describe('pairs of which every copy was answered'),
  silent: count.describe('pairs of which no copy was answered'),
  partial: count.describe('pairs of which some copies were answered'),
  answered_copies: z
    .array(count)
    .optional()
    .describe('index k: pairs with k copies answered (paper figure 3b)'),
  values: count.describe('field values in the summary, silence not counted'),
  nondeterministic: count.describe('of these, NONDET'),
  compared: count.describe('pairs answered in full or not at all both here and under the first condition'),
  changed: count.describe('of these, such whose summarised answer is another one here'),
});

/** Accuracy of one model, trained on the other machines, under each condition. */
export const noiseResult = z.object({
  kind: z.literal('noise'),
  hierarchy: z.enum(['kernel', 'distribution']),
  level: z.int().min(0).max(2),
  learner: z.string(),
  fields: z.string().optional().describe('what the learner looked at; default: raw'),
  trained: z
    .enum(['clean', 'noisy', 'others'])
    .describe(
      'on the clean condition alone, on all conditions, or on all but the one tested; always of other machines',
    ),
  clean: z.string().describe('name of the clean condition'),
  folds: z.int().min(2).describe('of machines'),
  repeats: z.int().min(1),
  classes: count,
  columns: count.describe('informative columns over all conditions'),
  partitions: count,
  conditions: z.array(
    z.object({
      condition: z.string(),
      machines: count,
      accuracy: share,
      ci95: z.tuple([share, share]).describe('Wilson interval of the accuracy, by machine'),
      balanced_accuracy: share,
      majority: share.describe(
        'accuracy of always answering the most frequent class of the training machines',
      ),
      confidence: share.nullable().describe('mean confidence in the correctly classified; null without any'),
    }),
  ),
});

export type ConditionResult = z.infer<typeof conditionResult>;
export type NoiseResult = z.infer<typeof noiseResult>;
