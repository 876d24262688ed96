import { z } from 'zod';

/** What a learner may look at: single responses, what several packets show together, or both. */
export const fieldSetNames = ['raw', 'semantic', 'both'] as const;
export type FieldSet = (typeof fieldSetNames)[number];

/** In an accuracy experiment also `vetted`: single responses without fields that memory, a setting or the like moved. */
export const accuracyFields = [...fieldSetNames, 'vetted'] as const;
export type AccuracyFields = (typeof accuracyFields)[number];

export const fieldSet = z.enum(fieldSetNames);
