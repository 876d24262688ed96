import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, link, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { LockFile } from '../../../images/index.js';
import { InputError } from '../../errors.js';
import type { Result } from '../../report/result.js';
import { type AssembleOptions, assemble } from '../assemble.js';
import { pointsName } from '../nmap-points.js';
import { lockName, type Manifest, type MergedRun, RunFolder } from '../run-folder.js';
import { checkMergeable, type Part } from './compare.js';

/**
 * Merges runs of disjoint fleets that sent equal probes along equal paths into a run `out`, which is whole or not
 * there. Experiments and captures are the first run's. Machines' files are linked, where the file system can. Throws
 * InputError for an `out` that exists, and InputErrors for runs that do not fit together.
 */
export async function mergeRuns(
  out: string,
  runs: readonly string[],
  options: AssembleOptions = {},
): Promise<{ folder: RunFolder; result: Result }> {
  const path = resolve(out);
  if (existsSync(path))
    throw new InputError(`${out} exists already`, { remedy: 'give the name of a new folder' });
  if (runs.length < 2)
    throw new InputError('one run alone cannot be merged', { remedy: 'name two runs or more' });
  const parts: Part[] = [];
  for (const run of runs) parts.push(await readPart(run));
  checkMergeable(parts);
  const temporary = `${path}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    const folder = await RunFolder.createAt(temporary);
    await fill(folder, parts, `stackbed merge ${[out, ...runs].join(' ')}`);
    const result = await assemble(folder, options);
    await rename(temporary, path);
    return { folder: RunFolder.open(path), result };
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw error;
  }
}

async function readPart(run: string): Promise<Part> {
  const folder = RunFolder.open(run);
  return { folder, read: await folder.readScenario(), manifest: await folder.readManifest() };
}

async function fill(folder: RunFolder, parts: readonly Part[], command: string): Promise<void> {
  const { read } = parts[0]!;
  const machines = parts.flatMap((part) => part.read.input.machines as readonly unknown[]);
  const captures = [...new Set(parts.flatMap((part) => part.read.scenario.captures))];
  await folder.writeScenario({
    scenario: read.scenario,
    input: { ...read.input, machines, ...(captures.length > 0 && { captures }) },
  });
  await folder.writeManifest(joinManifests(parts, command));
  const probes = parts.find((part) => existsSync(part.folder.file('probes.parquet')));
  if (probes) await take(probes.folder.file('probes.parquet'), folder.file('probes.parquet'));
  // The selection is equal in all parts, as the probes that were sent are.
  for (const name of ['selection.json', pointsName]) {
    const first = parts[0]!.folder.file(name);
    if (existsSync(first)) await take(first, folder.file(name));
  }
  await joinLocks(folder, parts);
  for (const part of parts)
    for (const id of part.manifest.machines) {
      if (await part.folder.readRecord(id)) await takeAll(part.folder, folder, join('machines', id));
      const capture = join('captures', `${id}.pcapng`);
      if (!existsSync(part.folder.file(capture))) continue;
      await mkdir(folder.file('captures'), { recursive: true });
      await take(part.folder.file(capture), folder.file(capture));
    }
}

function joinManifests(parts: readonly Part[], command: string): Manifest {
  const all = parts.map(({ manifest }) => manifest);
  const first = all[0]!;
  const { boot: _, ...rest } = first;
  const named = (key: 'stackbed' | 'accelerator') => [...new Set(all.map((one) => one[key]))].join(', ');
  const boots = new Set(all.map(({ boot }) => boot));
  return {
    ...rest,
    ...(boots.size === 1 && first.boot && { boot: first.boot }),
    stackbed: named('stackbed'),
    accelerator: named('accelerator'),
    command,
    startedAt: all.map(({ startedAt }) => startedAt).sort()[0]!,
    images: Object.assign({}, ...all.map(({ images }) => images)),
    machines: all.flatMap(({ machines }) => machines),
    collectedS: Math.round(100 * all.reduce((sum, { collectedS }) => sum + collectedS, 0)) / 100,
    merged: all.flatMap(partsOf),
  };
}

function partsOf(manifest: Manifest): readonly MergedRun[] {
  if (manifest.merged) return manifest.merged;
  const { scenario, stackbed, command, startedAt, accelerator, boot, host, machines } = manifest;
  return [{ scenario, stackbed, command, startedAt, accelerator, ...(boot && { boot }), host, machines }];
}

async function joinLocks(folder: RunFolder, parts: readonly Part[]): Promise<void> {
  const lock = new LockFile(folder.file(lockName));
  for (const part of parts)
    for (const [id, locked] of Object.entries(await new LockFile(part.folder.file(lockName)).read()))
      await lock.set(id, locked);
}

async function takeAll(from: RunFolder, to: RunFolder, name: string): Promise<void> {
  await mkdir(to.file(name));
  for (const file of await readdir(from.file(name)))
    await take(from.file(join(name, file)), to.file(join(name, file)));
}

/** A run's files are replaced, never written in place: one that is linked stays as it is. */
async function take(from: string, to: string): Promise<void> {
  await link(from, to).catch(() => copyFile(from, to));
}
