import { z } from 'zod';
import { isNmapLearner } from './nmap-learner.js';

const most = 20;
const usualScans = 3;

/** Whether machines are scanned by nmap's method, and how often. */
export const nmap = z
  .union([z.boolean(), z.strictObject({ scans: z.int().min(1).max(most).default(usualScans) })])
  .default(false)
  .transform((given) => (given === true ? { scans: usualScans } : given === false ? undefined : given))
  .describe(
    "after the probes send each machine nmap's sixteen, and what shows how it behaves: for the learner `nmap` and for " +
      `\`fields: semantic\`; \`scans\` times, default ${usualScans}, since what differs from scan to scan is no mark of a machine`,
  );

interface Experiment {
  readonly kind: string;
  readonly fields?: readonly string[];
  readonly learner?: readonly string[];
}

/** What experiments ask for that only scanned machines have. */
export function nmapFaults({
  nmap: scanned,
  experiments,
}: {
  readonly nmap: unknown;
  readonly experiments: readonly Experiment[];
}): { readonly path: readonly (string | number)[]; readonly message: string }[] {
  if (scanned) return [];
  return experiments.flatMap(({ fields = [], learner = [] }, index) => {
    const wanted = [
      ['fields', fields.find((name) => name === 'semantic' || name === 'both')],
      ['learner', learner.find(isNmapLearner)],
    ] as const;
    return wanted.flatMap(([key, name]) =>
      name === undefined
        ? []
        : [
            {
              path: ['experiments', index, key],
              message: `${JSON.stringify(name)} is learnt from what nmap's probes find: add \`nmap: true\` to the scenario`,
            },
          ],
    );
  });
}
