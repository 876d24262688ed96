import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { writeFileAtomic } from '../atomic-file.js';
import { CapabilityError, InputError } from '../errors.js';
import type { MatchPoints } from '../nmap/database.js';
import { findNmapDatabase } from './nmap-database.js';
import { isNmapLearner } from './nmap-learner.js';
import type { RunFolder } from './run-folder.js';
import type { Scenario } from './schema.js';

/** In a run: what each of nmap's tests counts. */
export const pointsName = 'match-points.json';

export interface Points {
  /** Where they are from, in words. */
  readonly source: string;
  /** Undefined: all tests count alike. */
  readonly points: MatchPoints | undefined;
}

/** Whether any experiment of a scenario learns by nmap's method. */
export function wantsNmap({ experiments }: Pick<Scenario, 'experiments'>): boolean {
  return experiments.some((one) => 'learner' in one && one.learner.some(isNmapLearner));
}

/**
 * Keeps the MatchPoints of the nmap-os-db that is here, or of Debian's package, with a run that learns by nmap's
 * method, so that it can be evaluated again anywhere; where there is none, that all tests count alike.
 */
export async function keepPoints(
  folder: RunFolder,
  scenario: Scenario,
  options: Parameters<typeof findNmapDatabase>[1],
): Promise<void> {
  if (!wantsNmap(scenario) || existsSync(folder.file(pointsName))) return;
  const found = await findNmapDatabase(undefined, options).catch((error: unknown) => {
    if (error instanceof CapabilityError) return error.message;
    throw error;
  });
  const kept =
    typeof found === 'string'
      ? { source: `all tests count alike: ${found}` }
      : {
          source: `MatchPoints of an nmap-os-db of ${found.database.references.length} fingerprints`,
          points: Object.fromEntries(
            [...found.database.points].map(([line, tests]) => [line, Object.fromEntries(tests)]),
          ),
        };
  await writeFileAtomic(folder.file(pointsName), `${JSON.stringify(kept, null, 2)}\n`);
}

/** The points that a run keeps. Throws InputError for a file that cannot be read. */
export async function readPoints(folder: RunFolder): Promise<Points> {
  const file = folder.file(pointsName);
  if (!existsSync(file))
    return { source: 'all tests count alike: the run keeps no points', points: undefined };
  try {
    const { source, points } = JSON.parse(await readFile(file, 'utf8')) as {
      source: string;
      points?: Record<string, Record<string, number>>;
    };
    const lines =
      points &&
      Object.entries(points).map(([line, tests]) => [line, new Map(Object.entries(tests))] as const);
    return { source, points: lines && new Map(lines) };
  } catch (error) {
    throw new InputError(`${file} cannot be read: ${(error as Error).message}`, {
      remedy: 'take the file away, and all tests count alike',
    });
  }
}
