import { z } from 'zod';
import { toolName } from '../../report/tools-result.js';
import { oneOrMore } from '../machines-schema.js';

/** The tools of others, with the databases that they come with, against the same machines across the same path. */
export const toolsExperiment = z
  .strictObject({
    kind: z.literal('tools'),
    tool: oneOrMore(toolName)
      .default(['nmap', 'p0f', 'xprobe2'])
      .describe(
        'nmap -O and xprobe2, which need root for their network namespace, and p0f, which reads a capture',
      ),
  })
  .meta({ description: 'real tools, unpacked from packages, and how often they name the kernel rightly' });

export type ToolsExperiment = z.output<typeof toolsExperiment>;
