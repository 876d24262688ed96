import { cpus } from 'node:os';
import { InvalidArgumentError, Option } from 'commander';

/** A whole number in a range, for commander. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most)
      throw new InvalidArgumentError(`expected a whole number from ${least} to ${most}.`);
    return value;
  };
}

export const seedOption = () =>
  new Option('--seed <number>', "every random choice follows from it (default: the scenario's)").argParser(
    wholeNumber(0, Number.MAX_SAFE_INTEGER),
  );

export const jobsOption = () =>
  new Option('--jobs <number>', 'machines at once')
    .argParser(wholeNumber(1, 1024))
    .default(cpus().length, 'processor cores');

export const jsonOption = () => new Option('--json', 'print the result as JSON on standard output');
