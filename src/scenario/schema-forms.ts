import { z } from 'zod';
import { parseIpv4Address } from '../packet/address.js';

/** Forms of values that schemas of stages share. */

export type OneOf<Shape extends Record<string, z.ZodType>> = {
  [Verb in keyof Shape]: { readonly [Only in Verb]: z.output<Shape[Verb]> };
}[keyof Shape];

/** A mapping with exactly one of several keys, as in `ttl: {set: 64}`. */
export function oneOf<const Shape extends Record<string, z.ZodType>>(shape: Shape) {
  const verbs = Object.keys(shape);
  const optional = Object.fromEntries(verbs.map((verb) => [verb, shape[verb]!.optional()]));
  return z
    .strictObject(optional)
    .refine((given) => Object.values(given).filter((value) => value !== undefined).length === 1, {
      message: `give ${verbs.length === 2 ? 'either' : 'one of'} ${verbs.map((verb) => `\`${verb}\``).join(' or ')}`,
    })
    .transform((given) => given as OneOf<Shape>);
}

/** One of several words, as in `df: clear`. */
export const to = <const Words extends readonly [string, ...string[]]>(words: Words) =>
  z.enum(words).transform((word) => ({ to: word }));

/** A name from a table or a number in a range; becomes the number. */
export function named(
  what: string,
  names: Readonly<Record<string, number>>,
  lowest: number,
  highest: number,
) {
  return z
    .union([z.enum(Object.keys(names) as [string, ...string[]]).transform((name) => names[name]!), z.int()])
    .refine((value) => value >= lowest && value <= highest, {
      message: `${what} is one of ${Object.keys(names).join(', ')}, or a number ${lowest} to ${highest}`,
    });
}

/** `192.0.2.1`; becomes a 32-bit number. */
export const ipv4Address = z.string().transform((text, context) => {
  try {
    return parseIpv4Address(text);
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message });
    return z.NEVER;
  }
});
