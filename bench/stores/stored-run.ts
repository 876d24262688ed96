import { existsSync, statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { readProbes } from '../../src/dataset/probe-store.js';
import { type RawResponses, readRaw } from '../../src/dataset/raw.js';
import { InputError } from '../../src/errors.js';
import { pcapngBlocks } from '../../src/packet/index.js';
import { type ProbePorts, withPort } from '../../src/probe/probe.js';
import { trialOf } from '../../src/scenario/measured-conditions.js';
import type { RunFolder } from '../../src/scenario/run-folder.js';

/** Where a run keeps what is measured here. */
export interface RunFiles {
  readonly summary: string;
  readonly probesFile: string;
  readonly copies: number;
  readonly machines: readonly MachineFiles[];
}

interface MachineFiles {
  readonly machine: string;
  /** `responses.parquet`. */
  readonly path: string;
  readonly ports: ProbePorts;
}

/** A run of which some machines' answers are captures, too. */
export interface StoredRun extends RunFiles {
  readonly machines: readonly (MachineFiles & {
    /** The same frames and times as pcapng, with gzip. */
    readonly capture: string;
  })[];
  readonly probes: number;
  /** Answers of these machines. */
  readonly packets: number;
}

/** The frames that went to a machine with these ports. */
export async function sentTo({ probesFile }: RunFiles, ports: ProbePorts) {
  return (await readProbes(probesFile)).map(({ frame, target }) => withPort(frame, ports[target]));
}

/** Sizes of both forms, bytes. */
export function sizesOf({ machines }: StoredRun): { ours: number; captures: number } {
  const sum = (files: (machine: StoredRun['machines'][number]) => readonly string[]) =>
    machines.flatMap(files).reduce((total, file) => total + statSync(file).size, 0);
  return {
    ours: sum(({ path }) => [path, join(dirname(path), 'shapes.parquet')]),
    captures: sum(({ capture }) => [capture]),
  };
}

/** The files of a recorded run. Throws InputError for one without a summary or measured machines. */
export async function filesOf(run: RunFolder): Promise<RunFiles> {
  const { scenario } = await run.readScenario();
  const { machines } = await run.readManifest();
  const records = (await Promise.all(machines.map((id) => run.readRecord(id)))).flatMap((one) => one ?? []);
  const measured = records.filter(({ status }) => status === 'measured');
  const [summary, probesFile] = [run.file('summary.parquet'), run.file('probes.parquet')];
  if (measured.length === 0 || !existsSync(summary) || !existsSync(probesFile))
    throw new InputError(`${run.path} has no measured machines, summary or probes`, {
      remedy: 'give the folder of a run that is finished',
    });
  return {
    ...{ summary, probesFile, copies: scenario.probes.copies },
    machines: measured.map((record) => ({
      machine: trialOf(record),
      path: run.file(join('machines', trialOf(record), 'responses.parquet')),
      ports: record.ports ?? scenario.probes,
    })),
  };
}

/** A run with captures of up to `most` of its machines, spread over its list, in `folder`. */
export async function withCaptures(run: RunFiles, folder: string, most: number): Promise<StoredRun> {
  const step = Math.max(1, Math.floor(run.machines.length / most));
  const chosen = run.machines.filter((_, place) => place % step === 0).slice(0, most);
  const machines: StoredRun['machines'][number][] = [];
  let [probes, packets] = [0, 0];
  for (const [place, machine] of chosen.entries()) {
    const sent = await sentTo(run, machine.ports);
    const raw = await readRaw(machine.path, () => sent);
    const capture = join(folder, `${place}.pcapng.gz`);
    packets += await writeCapture(capture, raw);
    probes = raw.probes;
    machines.push({ ...machine, capture });
  }
  return { ...run, machines, probes, packets };
}

async function writeCapture(file: string, raw: RawResponses): Promise<number> {
  const { copies, probes, receivedMs } = raw;
  const places = Array.from({ length: probes * copies }, (_, place) => place)
    .filter((place) => raw.has(Math.floor(place / copies), place % copies))
    .sort((one, other) => receivedMs[one]! - receivedMs[other]!);
  const packets = places.map((place) => ({
    interfaceId: 0,
    bytes: raw.frame(Math.floor(place / copies), place % copies)!,
    timestamp: BigInt(Math.round(receivedMs[place]! * 1e6)),
  }));
  await writeFile(file, gzipSync(Buffer.concat([...pcapngBlocks([{ name: 'prober' }], packets)])));
  return places.length;
}
