import { z } from 'zod';

const shown = z.string().nullable().describe('as text; null where the packet has no such field');

/** One probe and the response that its copies were collapsed into (paper, appendix A, figure 7). */
export const exampleResult = z.object({
  machine: z.string(),
  label: z.string().describe('finest label of the kernel hierarchy'),
  probe: z.int().min(0),
  answered: z.int().min(0).describe('copies that were answered'),
  copies: z.int().min(1),
  fields: z.array(z.object({ field: z.string(), probe: shown, response: shown })),
});

export type ExampleResult = z.infer<typeof exampleResult>;
