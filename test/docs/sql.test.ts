import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { type DuckDb, openDuckDb } from '../../bench/stores/duckdb.js';

const page = fileURLToPath(new URL('../../docs/sql.md', import.meta.url));
const run = fileURLToPath(new URL('../golden/small-run', import.meta.url));

/** A question, its SQL, and the table that the page shows below it. */
const asked = /^## (?<question>.+)\n[^#]*?```sql\n(?<sql>[^`]+)```\n\n(?<table>(?:\|.*\n|TABLE\n)+)/gm;

async function tableOf(db: DuckDb, sql: string): Promise<string> {
  const found = await db.runAndReadAll(sql);
  const names = found.columnNames();
  const rows = found.getRowsJson().map((row) => row.map((cell) => (cell === null ? 'NULL' : String(cell))));
  const isNumber = names.map((_, column) => rows.every((row) => /^(-?\d+|NULL)$/.test(row[column]!)));
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`;
  return [line(names), line(isNumber.map((number) => (number ? '--:' : '---'))), ...rows.map(line)].join('');
}

const text = await readFile(page, 'utf8');
const questions = [...text.matchAll(asked)].map(({ groups }) => groups!);
let answered = text;

describe('docs/sql.md', () => {
  afterAll(async () => {
    if (process.env.UPDATE_GOLDEN) await writeFile(page, answered);
  });

  it('has an answer to each of its questions', () => {
    expect(questions.length).toBe(text.split('```sql').length - 1);
    expect(questions.length).toBeGreaterThanOrEqual(5);
  });

  it.each(questions)('shows what DuckDB answers: $question', async ({ sql, table }) => {
    const found = await tableOf(await openDuckDb(run), sql!);
    answered = answered.replace(`${sql}\`\`\`\n\n${table}`, () => `${sql}\`\`\`\n\n${found}`);
    if (!process.env.UPDATE_GOLDEN) expect(table).toBe(found);
  });
});
