import { z } from 'zod';

/** Which cause moves which response field, by machines that differ in one thing (paper section 4.2.1, table 2). */
export const causesExperiment = z.strictObject({ kind: z.literal('causes') }).meta({
  description:
    'which cause moves which field: machines and conditions that differ in one thing are compared, and boots of equal ones',
});
