import { z } from 'zod';
import { middleboxes, ownBox } from './middleboxes.js';
import { uncountable } from './path-order.js';
import { section } from './section-schema.js';

export type { StageInput } from './section-schema.js';

const presetNames = [...middleboxes.keys()] as [string, ...string[]];
const preset = z
  .enum(presetNames)
  .transform((name) => ({ name, ...middleboxes.get(name)!.section }))
  .meta({ description: 'a middlebox of scenarios/presets/middleboxes.yaml' });

export const path = z
  .strictObject({
    ...section,
    boxes: z
      .array(z.union([preset, ownBox]))
      .default([])
      .describe('middleboxes between what is above and the machine, the first nearest to the prober'),
  })
  .superRefine(({ boxes, ...lists }, context) => {
    const sections = [lists, ...boxes].map((given, index) => ({
      given,
      place: index === 0 ? [] : ['boxes', index - 1],
    }));
    for (const { place, message } of uncountable(sections))
      context.addIssue({ code: 'custom', path: [...place, 'fault', 'nth'], message });
  });
