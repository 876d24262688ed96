import { z } from 'zod';

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
