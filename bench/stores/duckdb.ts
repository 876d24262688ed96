import { createRequire } from 'node:module';
import { CapabilityError } from '../../src/errors.js';

/** What is used of `@duckdb/node-api`, which is there for benchmarks and tests only. */
export interface DuckDb {
  run(sql: string): Promise<unknown>;
  runAndReadAll(sql: string): Promise<{
    columnNames(): string[];
    getRowsJson(): (string | number | boolean | null)[][];
  }>;
}

interface Package {
  readonly DuckDBInstance: { create(path: string): Promise<{ connect(): Promise<DuckDb> }> };
}

/** A database in memory in which files are named from `folder`. Throws CapabilityError where DuckDB is not installed. */
export async function openDuckDb(folder: string): Promise<DuckDb> {
  let loaded: Package;
  try {
    loaded = createRequire(import.meta.url)('@duckdb/node-api') as Package;
  } catch (error) {
    throw new CapabilityError('the npm package @duckdb/node-api is not installed', {
      remedy: 'npm ci',
      cause: error,
    });
  }
  const instance = await loaded.DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run(`SET file_search_path = '${folder.replaceAll("'", "''")}'`);
  return connection;
}
