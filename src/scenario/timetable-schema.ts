import { z } from 'zod';
import { duration } from './units.js';

/** `100-199`, or one number; becomes the first and the last. */
const range = z
  .union([z.int().min(0), z.string()])
  .transform((given, context): readonly [number, number] => {
    const match = /^(\d+)(?:\s*-\s*(\d+))?$/.exec(String(given).trim());
    const [first, last] = match ? [Number(match[1]), Number(match[2] ?? match[1])] : [1, 0];
    if (last < first) {
      context.addIssue({
        code: 'custom',
        message: `${JSON.stringify(given)} is no range: give the first and the last, like 100-199`,
      });
      return z.NEVER;
    }
    return [first, last];
  })
  .meta({ description: 'range: the first and the last, like `100-199`' });

/** When a stage is there: keys beside its kind. */
export const timetable = {
  at: duration.optional().describe('only from this time of the path on; not reproducible to the packet'),
  until: duration.optional().describe('only until this time of the path; not reproducible to the packet'),
  probes: range
    .optional()
    .describe('only for these probe packets and their answers, counted from 0 in the order of sending'),
};
