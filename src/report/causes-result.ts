import { z } from 'zod';

const count = z.int().min(0);

export const factor = z
  .enum([
    'copies',
    'boot',
    'path',
    'ram',
    'cores',
    'nic',
    'machine',
    'cpu',
    'driver',
    'network',
    'runtime',
    'application',
    'configuration',
    'build',
    'release',
  ])
  .describe(
    'the one thing in which machines differ: `copies` of a probe to one machine, `boot` of equal machines, the network ' +
      'condition of the `path`, a setting, another `build` of the same release, or another `release` of the same builder',
  );

/** Causes as in the paper's table 2; `build` is one of the source code and its packager together. */
export const causeClass = z.enum([
  'nondeterminism',
  'hidden state',
  'network',
  'hardware',
  'application',
  'configuration',
  'build',
  'OS source code',
]);

const intervention = z.object({
  factor,
  class: causeClass,
  image: z.string().describe('catalogue id of the image that it was tried on'),
  from: z.string(),
  to: z.string(),
  machines: count.describe('that were compared, all boots'),
  fields: z.array(
    z.object({
      field: z.string().describe('response field; `response` is silence against an answer'),
      probes: count.describe('probes in which it differs, and not between boots of equal machines'),
      probe: count.describe('the first of them'),
      values: z.array(z.string()).length(2).describe('what it was there, `from` and `to`'),
    }),
  ),
});

/** Which cause moves which response field (paper, table 2), by machines that differ in one thing. */
export const causesResult = z.object({
  probes: count,
  interventions: z.array(intervention),
  fields: z.array(
    z.object({
      field: z.string(),
      moved: z.array(
        z.object({
          class: causeClass,
          probes: count.describe('probes in which any of its interventions moved it'),
        }),
      ),
      prone: z.boolean().describe('moved by something that is neither source code nor build'),
    }),
  ),
  prone: z.array(z.string()).describe('fields on which a model is prone to overfitting'),
});

export type CausesResult = z.infer<typeof causesResult>;
export type Intervention = CausesResult['interventions'][number];
export type Factor = z.infer<typeof factor>;
export type CauseClass = z.infer<typeof causeClass>;
export const causeClasses = causeClass.options;
