import { z } from 'zod';
import { hierarchy } from './experiment-result.js';

const count = z.int().min(0);
const bits = z.number().min(0);

const highValue = z.object({
  fields: z.array(z.string()).describe('the fields chosen, in the order in which they first were'),
  choices: z
    .array(
      z.object({
        field: z.string(),
        probe: count,
        gain: bits.describe('bits, about the labels of the machines of this part'),
        machines: count.describe('machines in the part that was split'),
        alike: z.array(z.string()).describe('other fields with a probe that splits all machines alike'),
      }),
    )
    .describe('every choice, a part before the parts that it is split into'),
});

export const informationGain = z.object({
  hierarchy,
  level: z.int().min(0).max(2),
  entropy: bits.describe('entropy of the labels, bits'),
  fields: z.array(
    z.object({
      field: z.string(),
      gain: bits.describe('bits, of the best probe for this field'),
      probe: count.describe('number of that probe'),
      columns: count.describe('probes in which the field splits the machines at all'),
    }),
  ),
  probes: z
    .array(
      z.object({
        probe: count,
        gain: bits.describe('bits that the whole response tells, all fields together'),
        field: z.string().describe('the field that tells most by itself'),
        field_gain: bits,
        fields: count.describe('fields of the response that split the machines at all'),
      }),
    )
    .optional()
    .describe('the probes that tell most'),
  high_value: highValue
    .optional()
    .describe(
      'what is chosen when the field with the most gain splits the machines, and again in each part, until a part is of one class or nothing splits it (paper section 4.2.2)',
    ),
});

export type InformationGain = z.infer<typeof informationGain>;
