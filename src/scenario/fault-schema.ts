import { z } from 'zod';
import type { FaultAction, FaultMatch } from '../netem/impairment/fault.js';
import { parsePredicate, withCaret } from '../netem/predicate/parse.js';
import { PredicateError } from '../netem/predicate/tokens.js';
import { duration } from './units.js';

/** A predicate about packets, parsed; a fault in it is told with a caret below it. */
export const predicate = z
  .string()
  .transform((text, context) => {
    try {
      return parsePredicate(text);
    } catch (error) {
      if (!(error instanceof PredicateError)) throw error;
      context.addIssue({
        code: 'custom',
        message: `at character ${error.at + 1}: ${error.message}\n${withCaret(text, error.at)}`,
      });
      return z.NEVER;
    }
  })
  .meta({
    description: 'predicate about packets: `tcp.flags == SYN and not tcp.dstport in {22, 8000..8080}`',
  });

const place = z.int().min(1);
const actions = ['drop', 'hold', 'duplicate', 'truncate'] as const;

/** A deterministic fault. */
export const fault = z
  .strictObject({
    match: predicate,
    nth: z
      .union([place.transform((one) => [one]), z.array(place).min(1)])
      .optional()
      .describe('which of the packets that match, from 1; all when left out'),
    per: z.enum(['path', 'flow']).default('path').describe('what `nth` counts in'),
    action: z.enum(actions),
    time: duration.optional().describe('how long to `hold` the packet'),
    bytes: z.int().min(20).max(65_535).optional().describe('to `truncate` the IPv4 packet to'),
  })
  .transform(({ action, time, bytes, ...which }, context): FaultMatch & FaultAction => {
    const needs = { hold: 'time', truncate: 'bytes', drop: undefined, duplicate: undefined }[action];
    for (const [name, given] of Object.entries({ time, bytes }))
      if ((given !== undefined) !== (name === needs))
        context.addIssue({
          code: 'custom',
          path: given === undefined ? [] : [name],
          message: `\`${action}\` ${given === undefined ? 'needs' : 'takes no'} \`${name}\``,
        });
    if (action === 'hold') return { ...which, action, time: time ?? 0 };
    if (action === 'truncate') return { ...which, action, bytes: bytes ?? 0 };
    return { ...which, action };
  });
