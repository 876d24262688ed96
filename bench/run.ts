import { parseArgs } from 'node:util';
import { writeFileAtomic } from '../src/atomic-file.js';
import { exitCode, formatError, InputError, StackbedError } from '../src/errors.js';
import { boots } from './boot.js';
import { type Report, table } from './figures.js';
import { wire } from './wire.js';

/** Benchmarks by name. */
const benches: Readonly<Record<string, (say: (text: string) => void) => Promise<Report>>> = {
  boot: boots,
  wire,
};

const usage = `usage: npm run bench -- NAME [--json FILE]; names: ${Object.keys(benches).join(', ')}`;

function read(): { name: string; json: string | undefined } {
  try {
    const { positionals, values } = parseArgs({
      allowPositionals: true,
      options: { json: { type: 'string' } },
    });
    if (positionals.length === 1 && positionals[0]! in benches)
      return { name: positionals[0]!, json: values.json };
    throw new InputError(`there is no benchmark ${positionals.join(' ') || 'without a name'}`, {
      remedy: usage,
    });
  } catch (error) {
    if (error instanceof StackbedError) throw error;
    throw new InputError((error as Error).message, { remedy: usage });
  }
}

try {
  const { name, json } = read();
  const report = await benches[name]!((text) => process.stderr.write(`${text}\n`));
  process.stdout.write(
    `${table(report)}\n\nratio: how many times better than the best peer; the goal is the least of it\n`,
  );
  if (json !== undefined) await writeFileAtomic(json, `${JSON.stringify(report, null, 2)}\n`);
  if (report.figures.some(({ holds }) => holds === false)) process.exitCode = exitCode.expectationFailed;
} catch (error) {
  if (!(error instanceof StackbedError)) throw error;
  process.stderr.write(`bench: ${formatError(error)}\n`);
  process.exitCode = error.exitCode;
}
