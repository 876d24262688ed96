import { existsSync } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { givenName, responsesName } from '../../dataset/shared-responses.js';
import { InputError } from '../../errors.js';
import { packageRoot } from '../../package-root.js';
import type { Result } from '../../report/result.js';
import { assemble } from '../assemble.js';
import { trialsOf } from '../conditions.js';
import type { OnRunEvent } from '../events.js';
import { keepPoints } from '../nmap-points.js';
import { type ReadScenario, readScenario } from '../read.js';
import { checkRunnable } from '../run.js';
import { lockName, RunFolder, recordedFolder } from '../run-folder.js';
import { checkRecorded } from './check.js';
import { readRecording, readTrialRecords, recordingName, trialsName } from './store.js';

/** Where recorded datasets are that come with Stackbed. */
export const shippedName = 'recorded';

export interface TakeOptions {
  readonly read: ReadScenario;
  /** `recorded`, for one that comes with Stackbed, or the folder of a dataset. */
  readonly from: string;
  /** Folder under which runs are kept. */
  readonly root: string;
  readonly signal: AbortSignal;
  readonly onEvent: OnRunEvent;
}

/** The folder of a recorded dataset. Throws InputError where none comes with Stackbed under the scenario's name. */
function folderOf({ from, read: { place, scenario } }: Pick<TakeOptions, 'from' | 'read'>): string {
  if (from !== shippedName || existsSync(join(from, recordingName))) return resolve(from);
  const name = scenario.recorded ?? scenario.name;
  const folder = join(packageRoot, shippedName, name);
  if (!existsSync(join(folder, recordingName)))
    throw new InputError(`no dataset "${name}" comes with Stackbed`, {
      ...(scenario.recorded !== undefined && { place: place(['recorded']) }),
      remedy:
        'name one by `recorded:` in the scenario, give the folder of one to --from, or leave --from out and measure',
    });
  return folder;
}

/** The dataset that a scenario asks for, which has all of it. Throws InputErrors where it is not there, or has not. */
export async function findRecorded(options: Pick<TakeOptions, 'from' | 'read'>) {
  const { read } = options;
  const trials = trialsOf(read.scenario, await checkRunnable(read));
  const path = folderOf(options);
  const recording = await readRecording(path);
  const { scenario: of } = await readScenario(join(path, 'scenario.resolved.yaml'));
  const records = new Map((await readTrialRecords(path)).map(({ id, record }) => [id, record]));
  checkRecorded({ read, trials, recording, of, records, folder: relative('', path) || path });
  return { of, path, recording, records, trials };
}

/**
 * Makes a run of a recorded dataset, without booting anything: experiments, findings, report and result are those that a
 * run gives. Throws InputErrors where the scenario asks for what was not recorded.
 */
export async function runFromRecorded(options: TakeOptions): Promise<{ result: Result; folder: RunFolder }> {
  const { read, root, signal, onEvent } = options;
  const { scenario } = read;
  const { of, path, recording, records, trials } = await findRecorded(options);
  const { manifest } = recording;
  const folder = await RunFolder.create(root, scenario, new Date());
  const own = new Set(trials.map(({ machine }) => machine.image));
  await folder.writeScenario(read);
  await mkdir(folder.file(recordedFolder));
  for (const name of [responsesName, givenName, trialsName, recordingName])
    if (existsSync(join(path, name)))
      await copyFile(join(path, name), folder.file(join(recordedFolder, name)));
  if (existsSync(join(path, lockName))) await copyFile(join(path, lockName), folder.file(lockName));
  for (const { id } of trials)
    await folder.commitMachine(id, (at) => folder.writeRecord(at, records.get(id)!));
  await folder.writeManifest({
    ...manifest,
    scenario: scenario.name,
    command: `stackbed run ${read.file} --from ${options.from}`,
    images: Object.fromEntries(Object.entries(manifest.images).filter(([name]) => own.has(name))),
    machines: trials.map(({ id }) => id),
    recorded: {
      name: relative(join(packageRoot, shippedName), path).startsWith('..')
        ? relative('', path) || path
        : relative(join(packageRoot, shippedName), path),
      digest: recording.digest,
      trials: records.size,
      sent: recording.sent,
      scenario: of.name,
      command: manifest.command,
    },
  });
  await keepPoints(folder, scenario, {
    signal,
    onProgress: (progress) => onEvent({ kind: 'image', progress }),
  });
  const result = await assemble(folder, {
    signal,
    onExperiment: (done, total) => onEvent({ kind: 'learning', done, total }),
  });
  return { result, folder };
}
