import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { InputError } from '../../errors.js';
import { type LearnerName, learners } from '../../learn/index.js';

export const toolSchemaId = 'stackbed.tool/1';

const word = (bits: number) =>
  z
    .int()
    .min(0)
    .max(2 ** bits - 1);

const toolProbe = z.object({
  number: z.int().min(0).describe('number of the probe in the run that the tool was trained on'),
  target: z.enum(['open', 'closed']).describe('the port that it goes to'),
  tos: word(8),
  identification: word(16),
  ip_flags: word(3),
  ttl: word(8),
  source_port: word(16),
  sequence: word(32),
  acknowledgment: word(32),
  reserved: word(4),
  flags: word(8),
  window: word(16),
  urgent_pointer: word(16),
  options: z
    .string()
    .regex(/^([0-9a-f]{8}){0,10}$/)
    .describe('bytes of the TCP options, padding included, hexadecimal'),
});

const member = z.object({
  probe: z.int().min(0).describe('index into `probes`'),
  field: z.string().describe('field of the response'),
  values: z.array(z.string()).min(2).describe('the value that each code of the column stands for'),
});

const column = z.object({
  codes: z.array(z.int().min(-1)).describe('by machine; -1 is a missing value'),
  members: z.array(member).min(1).describe('(probe, field) pairs that split the training machines alike'),
});

export const toolSchema = z
  .object({
    schema: z.literal(toolSchemaId),
    stackbed: z.string().describe('version that wrote it'),
    trained_on: z.object({
      scenario: z.string(),
      probes: z.int().min(1).describe('probes of the run, of which the tool needs a few'),
      right: z
        .number()
        .min(0)
        .max(1)
        .describe('share of its own training machines that it answers right: no estimate for others'),
      chosen: z
        .string()
        .optional()
        .describe('the setting that a tuned learner chose, and what it held out together'),
    }),
    learner: z.enum(Object.keys(learners) as [LearnerName, ...LearnerName[]]),
    seed: z.string().describe('random choices of the learner follow from it'),
    hierarchy: z.enum(['kernel', 'distribution']),
    level: z.int().min(0).max(2),
    probes: z.array(toolProbe).min(1),
    copies: z.int().min(1).max(200).describe('times each probe is sent'),
    ports: z.object({ open: word(16), closed: word(16) }),
    reset: z.boolean().describe('answer each SYN-ACK with a RST'),
    model: z
      .object({
        machines: z
          .array(
            z.object({
              id: z.string(),
              label: z.string(),
              group: z
                .string()
                .optional()
                .describe('held out with its like where the learner tests a setting'),
            }),
          )
          .min(2),
        constant: z.int().min(0).describe('(probe, field) pairs of the probes that split no machines'),
        columns: z.array(column).min(1),
      })
      .describe('the reduced matrix that the learner is fitted on when the tool is used'),
  })
  .meta({ title: 'Stackbed tool', description: 'A fingerprinting tool: the probes to send, and the model' });

export type Tool = z.output<typeof toolSchema>;
export type ToolProbe = Tool['probes'][number];

/** JSON Schema (draft 2020-12) of tool files; properties that it does not know are admitted. */
export function toolJsonSchema(): Record<string, unknown> {
  return { $id: 'urn:stackbed:stackbed.tool:1', ...z.toJSONSchema(toolSchema, { io: 'input' }) };
}

const retrain = 'make it anew with this version: stackbed train RUN -o tool.json';

/** What the shapes alone do not say: numbers that point at nothing. */
function inconsistency({ model, probes }: Tool): string | undefined {
  const grouped = model.machines.filter(({ group }) => group !== undefined).length;
  if (grouped > 0 && grouped < model.machines.length)
    return `model.machines has a group for ${grouped} of ${model.machines.length} machines`;
  for (const [place, { codes, members }] of model.columns.entries()) {
    const where = `model.columns[${place}]`;
    const width = members[0]!.values.length;
    if (codes.length !== model.machines.length)
      return `${where} has ${codes.length} codes for ${model.machines.length} machines`;
    if (members.some(({ values }) => values.length !== width) || codes.some((code) => code >= width))
      return `${where} has codes or members that do not fit its ${width} values`;
    if (members.some(({ probe }) => probe >= probes.length))
      return `${where} names a probe that is not there`;
  }
  return undefined;
}

/** Reads a tool's file. Throws InputError when there is none, or it is of another version or damaged. */
export async function readTool(file: string): Promise<Tool> {
  let json: unknown;
  try {
    json = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw new InputError(`cannot read the tool ${file}: ${(error as Error).message}`, {
      remedy: 'give the file that stackbed train wrote',
    });
  }
  const written = (json as { schema?: unknown } | null)?.schema;
  if (written !== toolSchemaId)
    throw new InputError(
      `${file} says schema ${JSON.stringify(written) ?? 'nothing'}, where ${toolSchemaId} is read`,
      { remedy: retrain },
    );
  const parsed = toolSchema.safeParse(json);
  if (!parsed.success) {
    const { message, path } = parsed.error.issues[0]!;
    throw new InputError(`${file} is no whole tool: ${path.join('.')}: ${message}`, { remedy: retrain });
  }
  const fault = inconsistency(parsed.data);
  if (fault) throw new InputError(`${file} is no whole tool: ${fault}`, { remedy: retrain });
  return parsed.data;
}
