import { z } from 'zod';

const timeUnits: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000 };
const sizeUnits: Readonly<Record<string, number>> = { M: 1, G: 1024 };

/** `5%` or a number 0..1; becomes a number 0..1. */
export const probability = z
  .union([z.number(), z.string()])
  .transform((given, context) => {
    const text = String(given);
    const percent = /^(\d+(?:\.\d+)?)\s*%$/.exec(text);
    const value = percent ? Number(percent[1]) / 100 : typeof given === 'number' ? given : Number.NaN;
    if (!(value >= 0 && value <= 1)) {
      context.addIssue({
        code: 'custom',
        message: `${JSON.stringify(given)} is not a probability: give 0% to 100%, or 0 to 1`,
      });
      return z.NEVER;
    }
    return value;
  })
  .meta({ description: 'probability: `5%`, or a number 0 to 1' });

/** `10ms`, `1.5s`, `200us`; becomes milliseconds. */
export const duration = z
  .string()
  .transform((text, context) => {
    const match = /^(\d+(?:\.\d+)?)\s*(us|ms|s)$/.exec(text.trim());
    if (!match) {
      context.addIssue({
        code: 'custom',
        message: `${JSON.stringify(text)} is not a time: give a number with us, ms or s, like 10ms`,
      });
      return z.NEVER;
    }
    return Number(match[1]) * timeUnits[match[2]!]!;
  })
  .meta({ description: 'time: a number with us, ms or s, like `10ms`' });

const rateUnits: Readonly<Record<string, number>> = { '': 1, k: 1e3, m: 1e6, g: 1e9, t: 1e12 };

/** `1mbit`, `56kbit`, in powers of ten as tc(8) has them; becomes bits per second. */
export const bitRate = z
  .string()
  .transform((text, context) => {
    const match = /^(\d+(?:\.\d+)?)\s*([kmgt]?)bit$/i.exec(text.trim());
    const bits = match ? Number(match[1]) * rateUnits[match[2]!.toLowerCase()]! : 0;
    if (bits <= 0) {
      context.addIssue({
        code: 'custom',
        message: `${JSON.stringify(text)} is not a rate: give a number with bit, kbit, mbit or gbit, like 1mbit`,
      });
      return z.NEVER;
    }
    return bits;
  })
  .meta({ description: 'rate: a number with bit, kbit, mbit, gbit or tbit, like `1mbit`' });

/** `256M`, `4G`; becomes MiB. */
export const memorySize = z
  .string()
  .transform((text, context) => {
    const match = /^(\d+)\s*(M|G)(?:i?B)?$/.exec(text.trim());
    const mib = match ? Number(match[1]) * sizeUnits[match[2]!]! : 0;
    if (mib < 32 || mib > 1024 * 1024) {
      context.addIssue({
        code: 'custom',
        message: `${JSON.stringify(text)} is not a size of memory: give 32M to 1024G, like 256M or 4G`,
      });
      return z.NEVER;
    }
    return mib;
  })
  .meta({ description: 'memory: a whole number with M or G, like `256M`' });

/** Memory for people: 256M, 4G. */
export function formatMib(mib: number): string {
  return mib % 1024 === 0 ? `${mib / 1024}G` : `${mib}M`;
}
