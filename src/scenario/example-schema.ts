import { z } from 'zod';

/** One probe and the summarised response to it, field by field (paper, appendix A). */
export const exampleExperiment = z
  .strictObject({
    kind: z.literal('example'),
    machine: z.string().optional().describe('id of the machine; default: the first that was measured'),
    probe: z
      .int()
      .min(0)
      .optional()
      .describe('number of the probe; default: the first that the machine answered with a SYN-ACK'),
  })
  .meta({ description: 'one probe and the response that its copies were collapsed into, field by field' });
