import { z } from 'zod';
import { lists, type PathLists } from './path-schema.js';
import { type Swept, sweepDirection, sweptStage, sweptStages } from './sweep-schema.js';

/** A network condition as a scenario names it: stages that stand behind those of the scenario's `path`. */
export interface ConditionInput {
  readonly name: string;
  readonly path: PathLists;
  /** What its sweep put in, if it is one of a sweep. */
  readonly swept?: Swept;
  /** Ids of the machines that are measured under it, `*` for any text; default: all. */
  readonly machines?: readonly string[] | undefined;
  /** Which item of the list it is from. */
  readonly item: number;
}

const mostConditions = 64;

const name = z
  .string()
  .max(40, 'a name of a condition has at most 40 characters')
  .regex(
    /^[A-Za-z0-9]([A-Za-z0-9 .,%+_-]*[A-Za-z0-9%])?$/,
    'a name of a condition is letters, digits, blanks and .,%+_-',
  );

/** What of a condition's name goes into the names of files. */
export function conditionSlug(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9._+-]+/g, '_').replace(/_$/, '');
}

const item = z
  .strictObject({
    name: name
      .optional()
      .describe('what it is called; of a sweep, what is put before each value, by default the kind of stage'),
    sweep: sweptStage.optional(),
    direction: sweepDirection.optional().describe('where the stage of `sweep` stands; default: both'),
    path: z.strictObject(lists).prefault({}).describe('stages and boxes behind those of the whole `path`'),
    machines: z
      .array(z.string().min(1))
      .min(1)
      .optional()
      .describe('ids of machines as `stackbed plan` lists them, `*` for any text; default: all'),
  })
  .transform((given, context): Omit<ConditionInput, 'item'>[] => {
    const { sweep, direction, path, machines } = given;
    if (!sweep) {
      if (given.name === undefined)
        context.addIssue({ code: 'custom', message: 'a condition has a `name` or a `sweep`' });
      if (direction !== undefined)
        context.addIssue({ code: 'custom', path: ['direction'], message: 'only a `sweep` has a direction' });
      return [{ name: given.name ?? '', path, machines }];
    }
    const list = direction ?? 'both';
    return (sweptStages(sweep, list, context) ?? []).map(({ swept, stage }) => ({
      name: `${given.name ?? swept.stage} ${swept.value}`,
      path: { ...path, [list]: [...path[list], stage] },
      ...{ swept, machines },
    }));
  });

/** The conditions of a scenario, sweeps written out. */
export const conditions = z
  .array(item)
  .transform((items, context): ConditionInput[] => {
    const all = items.flatMap((own, index) => own.map((one) => ({ ...one, item: index })));
    const bySlug = new Map<string, ConditionInput>();
    for (const one of all) {
      const same = bySlug.get(conditionSlug(one.name).toLowerCase());
      bySlug.set(conditionSlug(one.name).toLowerCase(), same ?? one);
      const but = same?.name === one.name ? '' : `, which differs from "${same?.name}" in too little`;
      if (same)
        context.addIssue({
          code: 'custom',
          path: [one.item],
          message: `two conditions are called "${one.name}"${but}: give this one another \`name\``,
        });
    }
    if (all[0]?.machines)
      context.addIssue({
        code: 'custom',
        path: [all[0].item, 'machines'],
        message: 'the first condition is of all machines: others are compared with it',
      });
    if (all.length > mostConditions)
      context.addIssue({
        code: 'custom',
        message: `there are ${all.length} conditions; at most ${mostConditions} are run`,
      });
    return all;
  })
  .describe(
    'network conditions: every machine, or those that it names, is started and measured once under each; the first is what others are compared with',
  );
