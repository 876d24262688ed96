import { z } from 'zod';
import { accuracyExperiment } from './accuracy-schema.js';
import { biasExperiment } from './bias-schema.js';
import { unknownPoints } from './captures.js';
import { causesExperiment } from './causes/schema.js';
import { joinedPath } from './conditions.js';
import { conditions } from './conditions-schema.js';
import { exampleExperiment } from './example-schema.js';
import { expect } from './expect-schema.js';
import { machines } from './machines-schema.js';
import { nmap, nmapFaults } from './nmap-schema.js';
import { noiseExperiment } from './noise-schema.js';
import { path, uncountableFaults } from './path-schema.js';
import { probeCountExperiment } from './probe-count-schema.js';
import { probes } from './probes-schema.js';
import { toolsExperiment } from './tools/schema.js';

export const scenarioSchema = z
  .strictObject({
    name: z
      .string()
      .regex(/^[a-z0-9][a-z0-9._-]*$/, 'a name is lower-case letters, digits, dots, dashes and underscores')
      .optional()
      .describe('default: the name of the file'),
    description: z.string().default(''),
    extends: z
      .string()
      .optional()
      .describe(
        'a scenario file, from this one’s folder, that says all that this one does not: mappings are joined, lists and values replaced',
      ),
    seed: z.int().min(0).default(1).describe('every random choice of the run follows from it'),
    machines: z.array(machines).min(1, 'the fleet is empty: name at least one image under `machines`'),
    path: path.prefault({}),
    prints: z
      .record(z.string(), z.string())
      .optional()
      .describe('texts of the fingerprints that personalities have; a run notes here those that it found'),
    conditions: conditions.prefault([]),
    captures: z
      .array(z.string())
      .default([])
      .describe(
        'where on the path packets are captured, as pcapng: prober, machine, drops, before BOX, after BOX, forward N, reverse N (behind the N-th stage)',
      ),
    probes: probes.prefault({}),
    survey: z
      .boolean()
      .default(false)
      .describe(
        'after the probes ask each machine for ARP, ping, a SYN to the open and to the closed port, and UDP',
      ),
    nmap,
    dataset: z
      .strictObject({
        partial: z
          .enum(['drop', 'missing'])
          .default('drop')
          .describe(
            'a probe that some copies answered: drop it for all machines (the paper), or a missing value',
          ),
      })
      .prefault({}),
    experiments: z
      .array(
        z.discriminatedUnion('kind', [
          accuracyExperiment,
          noiseExperiment,
          biasExperiment,
          causesExperiment,
          exampleExperiment,
          probeCountExperiment,
          toolsExperiment,
        ]),
      )
      .default([])
      .describe('of the first condition, but for `noise` and `causes`, which compare them all'),
    recorded: z
      .string()
      .regex(/^[a-z0-9][a-z0-9._-]*$/, 'a name is lower-case letters, digits, dots, dashes and underscores')
      .optional()
      .describe('recorded dataset that `run --from recorded` takes; default: the name of the scenario'),
    expect,
  })
  .superRefine((given, context) => {
    for (const condition of given.conditions)
      for (const { message } of uncountableFaults(joinedPath(given.path, condition)))
        context.addIssue({
          code: 'custom',
          path: ['conditions', condition.item],
          message: `with the whole path before it, ${message}`,
        });
    for (const { index, message } of unknownPoints(given))
      context.addIssue({ code: 'custom', path: ['captures', index], message });
    for (const { path: at, message } of nmapFaults(given))
      context.addIssue({ code: 'custom', path: [...at], message });
    for (const [index, experiment] of given.experiments.entries()) {
      if (experiment.kind !== 'noise') continue;
      const names = given.conditions.map(({ name }) => name);
      const fault = (key: string, message: string) =>
        context.addIssue({ code: 'custom', path: ['experiments', index, key], message });
      if (names.length < 2)
        fault('kind', 'it compares network conditions: name two or more under `conditions`');
      else if (experiment.clean !== undefined && !names.includes(experiment.clean))
        fault('clean', `no condition is called "${experiment.clean}"; there are: ${names.join(', ')}`);
    }
  })
  .meta({ title: 'Stackbed scenario', description: 'Machines, the path to them, probes and experiments' });

export type ScenarioInput = z.input<typeof scenarioSchema>;
export type Scenario = z.output<typeof scenarioSchema> & { readonly name: string };
