import { z } from 'zod';
import { middleboxes, ownBox } from './middleboxes.js';
import { type Uncountable, uncountable } from './path-order.js';
import { section } from './section-schema.js';

export type { StageInput } from './section-schema.js';

const presetNames = [...middleboxes.keys()] as [string, ...string[]];
const preset = z
  .enum(presetNames)
  .transform((name) => ({ name, ...middleboxes.get(name)!.section }))
  .meta({ description: 'a middlebox of scenarios/presets/middleboxes.yaml' });

/** The lists of a path. */
export const lists = {
  ...section,
  boxes: z
    .array(z.union([preset, ownBox]))
    .default([])
    .describe('middleboxes between what is above and the machine, the first nearest to the prober'),
};

const unchecked = z.strictObject(lists);
export type PathLists = z.output<typeof unchecked>;

/** Faults of a path whose `nth` counts what comes in no certain order, by place in the path. */
export function uncountableFaults({ boxes, ...own }: PathLists): Uncountable[] {
  const sections = [own, ...boxes].map((given, index) => ({
    given,
    place: index === 0 ? [] : ['boxes', index - 1],
  }));
  return uncountable(sections);
}

export const path = unchecked.superRefine((given, context) => {
  for (const { place, message } of uncountableFaults(given))
    context.addIssue({ code: 'custom', path: [...place, 'fault', 'nth'], message });
});
