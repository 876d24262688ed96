import { z } from 'zod';

const count = z.int().min(0);

export const toolName = z.enum(['nmap', 'p0f', 'xprobe2']);

/** What the tools of others said of a machine. */
export const toolAnswers = z.object({
  nmap: z
    .object({
      guesses: z.array(z.object({ name: z.string(), accuracy: z.number().min(0).max(100) })),
      failure: z.string().optional().describe('why it said nothing'),
    })
    .optional()
    .describe('of nmap -O with the database of its package, best first'),
  p0f: z
    .object({ os: z.string().nullable(), failure: z.string().optional() })
    .optional()
    .describe('of p0f, from the SYN-ACK to a SYN with the options of an ordinary client; null for unknown'),
  xprobe2: z
    .object({
      guesses: z.array(z.object({ name: z.string(), probability: z.number().min(0).max(100) })),
      failure: z.string().optional(),
    })
    .optional()
    .describe('of xprobe2 with the database of its package, the best ones'),
});

/** How often a tool was right about the kernel at a level. */
export const toolResult = z.object({
  tool: toolName,
  level: z.int().min(0).max(2).describe('of the kernel hierarchy: these tools name no distributions'),
  machines: count,
  exact: count.describe('it named this label alone'),
  among: count.describe('it named more than one, this label among them'),
  vague: count.describe('right as far as it goes, which is not to this level'),
  wrong: count,
  none: count.describe('it ran and named nothing'),
  failed: count.optional().describe('it could not be asked'),
  failure: z.string().optional().describe('why, of the first machine of these'),
});

export type ToolName = z.infer<typeof toolName>;
export type ToolAnswers = z.infer<typeof toolAnswers>;
export type ToolResult = z.infer<typeof toolResult>;
