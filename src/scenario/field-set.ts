import { z } from 'zod';

/** What a learner may look at: single responses, what several packets show together, or both. */
export const fieldSetNames = ['raw', 'semantic', 'both'] as const;
export type FieldSet = (typeof fieldSetNames)[number];

export const fieldSet = z.enum(fieldSetNames);
