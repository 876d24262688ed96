import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Cells } from '../../bench/cells.js';
import { measure } from '../../bench/learners/measure.js';
import { temporaryFolder } from '../support/cli.js';

it('goes on with what an interrupted benchmark has measured', async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'figures.partial');
  const asked: string[] = [];
  const measured = (name: string) => () => {
    asked.push(name);
    return { seconds: asked.length };
  };
  const first = await Cells.open<{ seconds: number }>(file, { seed: 1 });
  expect(await Promise.all(['a', 'b', 'c'].map((name) => first.of(name, measured(name))))).toHaveLength(3);
  await expect(first.of('d', () => Promise.reject(new Error('it broke')))).rejects.toThrow('it broke');
  expect(Object.keys(JSON.parse(await readFile(file, 'utf8')).cells)).toEqual(['a', 'b', 'c']);

  const second = await Cells.open<{ seconds: number }>(file, { seed: 1 });
  expect(second.size).toBe(3);
  expect(await second.of('b', measured('b'))).toEqual({ seconds: 2 });
  await second.of('d', measured('d'));
  expect(asked).toEqual(['a', 'b', 'c', 'd']);

  await expect(Cells.open(file, { seed: 2 })).rejects.toThrow(/of a benchmark of \{"seed":1\}, where this/);
  await writeFile(file, '{');
  await expect(Cells.open(file, { seed: 1 })).rejects.toThrow(/cannot go on with/);
});

const program = (text: string, limit: number) => measure(process.execPath, ['-e', text], limit);

it('reads what a program says of itself, and why it says nothing', async () => {
  expect(await program('console.log("1.5 0.75 200\\n0.25")', 30)).toEqual({
    ...{ seconds: 1.5, second: 0.75, peakMb: 200, train: 0.25 },
  });
  expect(await program('console.log("2 19840 392")', 30)).toMatchObject({ second: 19_840, train: null });
  expect(await program('throw new Error("numpy: Unable to allocate 9 GiB")', 30)).toEqual({
    missing: 'more than 16 GB',
  });
  expect(await program('console.error("no such learner"); process.exit(3)', 30)).toEqual({
    missing: 'no such learner',
  });
});

it('stops a program at its limit and keeps what it had said by then', async () => {
  const spin = 'for (;;);';
  const begun = 'require("fs").writeSync(2, "begun at 0\\n");';
  const spent = await program(`${begun}${spin}`, 1);
  expect(spent).toMatchObject({ missing: 'more than 1 s' });
  expect((spent as { atLeast: number }).atLeast).toBeGreaterThan(0);
  const folds = 'require("fs").writeSync(1, "1.5 0.75 200\\n");';
  expect(await program(`${begun}${folds}${spin}`, 1)).toEqual({
    ...{ seconds: 1.5, second: 0.75, peakMb: 200, train: null },
  });
});
