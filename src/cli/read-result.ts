import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { InputError } from '../errors.js';
import { parseResult } from '../report/parse.js';
import type { Result } from '../report/result.js';
import { RunFolder } from '../scenario/run-folder.js';

/** A run that was finished, and its result. Throws InputError for one that was not, or whose result cannot be read. */
export async function readResult(path: string): Promise<{ folder: RunFolder; result: Result }> {
  const folder = RunFolder.open(path);
  const file = folder.file('result.json');
  if (!existsSync(file))
    throw new InputError(`${path} has no result.json: the run was not finished`, {
      remedy: `finish it with: stackbed run --resume ${path}, or use what there is: stackbed evaluate ${path}`,
    });
  let json: unknown;
  try {
    json = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw new InputError(`${file} is not JSON: ${(error as Error).message}`, {
      remedy: `derive it again with: stackbed evaluate ${path}`,
    });
  }
  return { folder, result: parseResult(json, file) };
}
