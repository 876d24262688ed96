import { z } from 'zod';
import { hierarchy } from './experiment-result.js';

const count = z.int().min(0);
const share = z.number().min(0).max(1);
const difference = z.number().min(-1).max(1);

const pairs = z.object({
  of: count,
  all: count.describe('told apart by all probes'),
  kept: count.describe('told apart by the selected ones'),
});

/** What a learner loses on the pilot's machines where it has the selected probes alone. */
const accuracyLoss = z.object({
  hierarchy,
  level: z.int().min(0).max(2),
  learner: z.string(),
  machines: count.describe('machines of the pilot of whose class others were trained on: those that count'),
  alone: count.describe('machines of the pilot that are left out of count'),
  classes: count,
  all: share.describe('accuracy by all probes'),
  kept: share.describe('accuracy by the probes that are selected without the machine that is asked about'),
  lost: difference.describe('the first less the second'),
  ci95: z.tuple([difference, difference]).describe("Newcombe's interval for paired shares, by machine"),
  only_all: count.describe('machines that only the model of all probes had right'),
  only_kept: count.describe('machines that only the model of the selected probes had right'),
});

/** How the probes of a run were selected, and what that costs. */
export const selectionResult = z.object({
  generated: count.describe('probes to select from'),
  kept: z
    .object({ split: count, gain: count, random: count })
    .describe('selected probes by reason, as in selection.json'),
  pairs: pairs.describe("pairs of the pilot's machines, which the selection went by"),
  pilot: z
    .object({
      machines: count,
      packets_sent: count,
      wall_s: z.number().min(0).describe('boots and probing together'),
    })
    .optional()
    .describe('missing, as `loss`, in a run without the folder of its pilot, as merged ones are'),
  loss: z
    .object({
      folds: z.int().min(2).describe('selections, each without one of as many parts of the machines'),
      pairs: pairs.describe(
        'over all folds, of a machine that the selection did without and one that it saw',
      ),
      accuracy: z.array(accuracyLoss),
    })
    .optional()
    .describe('measured on the pilot alone, with probes selected anew for each fold'),
});

export type SelectionResult = z.infer<typeof selectionResult>;
export type AccuracyLoss = z.infer<typeof accuracyLoss>;
