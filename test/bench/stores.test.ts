import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { openDuckDb } from '../../bench/stores/duckdb.js';
import { splittingColumns } from '../../bench/stores/splitting-columns.js';
import { MatrixBuilder } from '../../src/dataset/matrix-builder.js';
import { readSummaries } from '../../src/dataset/summary-reader.js';
import { fields } from '../../src/probe/fields.js';

const run = fileURLToPath(new URL('../golden/small-run', import.meta.url));

describe('the benchmark of reading', () => {
  it('has DuckDB count in SQL the columns that are in the matrix', async () => {
    const builder = new MatrixBuilder(fields);
    for (const { summary } of readSummaries(join(run, 'summary.parquet'), fields)) builder.add(summary);
    const { informative } = builder.finish().totals;
    expect(informative).toBeGreaterThan(100);
    expect(await splittingColumns(await openDuckDb(run), fields)).toBe(informative);
  });
});
