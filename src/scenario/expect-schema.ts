import jsonata from 'jsonata';
import { z } from 'zod';

const expression = z
  .string()
  .min(1)
  .superRefine((text, context) => {
    try {
      jsonata(text);
    } catch (error) {
      const { message, position } = error as { message: string; position?: number };
      const where = position === undefined ? '' : ` at character ${position}`;
      context.addIssue({ code: 'custom', message: `not an expression of JSONata${where}: ${message}` });
    }
  });

/** Findings that a run is to bear out, each with the expression on `result.json` that decides. */
export const expect = z
  .array(
    z.strictObject({
      finding: z.string().min(1).describe('what is said to be so, as a sentence'),
      when: expression
        .optional()
        .describe(
          'JSONata as in `holds`: the finding is left out where it is false; default: it is always asked',
        ),
      holds: expression.describe(
        'JSONata on result.json, with the scenario as `$scenario`: true where the finding holds',
      ),
      shows: z
        .record(z.string().min(1), expression)
        .default({})
        .describe('figures to stand beside it: name to expression'),
      paper: z.string().optional().describe('what the paper found, in its words or figures'),
      reproduces: z
        .boolean()
        .default(true)
        .describe('false: the paper found otherwise; the finding says how it is here'),
      reason: z.string().optional().describe('why it is so here, where that is not what the paper found'),
    }),
  )
  .default([])
  .describe('findings that are checked when the run is done; one that does not hold makes the exit code 1');
