import { z } from 'zod';

/** A finding of the scenario, and whether this run bears it out. */
export const expectationResult = z.object({
  finding: z.string(),
  expression: z.string().describe('JSONata on this file'),
  holds: z.boolean().nullable().describe('null where the expression gives neither true nor false'),
  fault: z.string().optional().describe('why it gives neither'),
  values: z.array(
    z.object({
      name: z.string(),
      value: z.number().nullable().describe('null where it is no number'),
      text: z.string().optional().describe('of what is no number'),
    }),
  ),
  paper: z.string().optional().describe('what the paper found'),
  reproduces: z.boolean().optional().describe('false: the paper found otherwise; default: true'),
  reason: z.string().optional().describe('why it is otherwise here, as the scenario says'),
});

export type ExpectationResult = z.infer<typeof expectationResult>;
