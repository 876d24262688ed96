import type { BootableImage, Catalog } from '../../images/index.js';
import type { Driver } from '../../testbed/machine.js';
import { InterruptedError } from '../errors.js';
import { coldBoots } from './cold-boots.js';
import { type Condition, conditionsOf, type Trial } from './conditions.js';
import type { OnRunEvent } from './events.js';
import { measureMachine, recordUnobtainable } from './measure.js';
import { runPool } from './pool.js';
import type { FramesFor } from './probe-set.js';
import type { RunFolder } from './run-folder.js';
import type { Scenario } from './schema.js';
import type { AskTools } from './tools/ask.js';

/** What all machines of a run are measured with. */
export interface Session {
  readonly driver: Driver;
  readonly images: ReadonlyMap<string, BootableImage>;
  readonly catalog: Catalog;
  /** By image that cannot be had: why. */
  readonly unobtainable: ReadonlyMap<string, string>;
  readonly slowdown: number;
  /** Machines at once. */
  readonly jobs: number;
  readonly signal: AbortSignal;
  readonly onEvent: OnRunEvent;
  /** Tools of others that are asked about each machine; default: none. */
  readonly askTools?: AskTools | undefined;
}

/** What is measured into one folder. */
export interface Measuring {
  readonly folder: RunFolder;
  readonly scenario: Scenario;
  readonly trials: readonly Trial[];
  /** Of the probes, by a machine's ports. */
  readonly framesFor: FramesFor;
}

/**
 * Measures the trials that the folder has not, and adds the time to its manifest. Throws InterruptedError when the
 * signal aborts; what was measured by then is kept.
 */
export async function measureTrials(session: Session, { folder, trials, ...what }: Measuring): Promise<void> {
  const { catalog, driver, images, onEvent, signal } = session;
  await folder.sweep();
  const todo = await unfinished(folder, trials);
  const jobs = Math.min(session.jobs, Math.max(1, todo.length));
  const done = trials.length - todo.length;
  const [first] = conditionsOf(what.scenario) as [Condition];
  onEvent({ kind: 'begin', folder: folder.path, machines: trials.length, done, jobs });
  if ((await folder.readManifest()).boot === 'restored')
    for (const cold of coldBoots(todo, images)) onEvent({ kind: 'cold', ...cold });
  const startedAt = performance.now();
  try {
    await runPool(todo, jobs, async (trial) => {
      if (signal.aborted) throw new InterruptedError('measuring was interrupted');
      const { id: machine, machine: planned } = trial;
      onEvent({ kind: 'booting', machine });
      const image = images.get(planned.image);
      const entry = catalog.find(planned.image)!;
      const record = image
        ? await measureMachine({
            ...{ ...what, trial, driver, folder, signal, image, entry },
            slowdown: session.slowdown * jobs,
            // What they say counts under the first condition alone, and they take their time.
            askTools: trial.condition.slug === first.slug ? session.askTools : undefined,
            onReady: (bootMs) => onEvent({ kind: 'ready', machine, bootMs }),
            onProgress: (sent, total) => onEvent({ kind: 'probing', machine, done: sent, total }),
          })
        : await recordUnobtainable(folder, trial, entry, session.unobtainable.get(planned.image)!);
      if (record.status === 'failed') onEvent({ kind: 'failed', machine, ...record.failure! });
      else
        onEvent({
          kind: 'measured',
          machine,
          sent: record.packets_sent,
          received: record.packets_received,
          probesPerS: record.packets_sent / (Math.max(1, record.duration_ms) / 1000),
        });
    });
  } finally {
    const manifest = await folder.readManifest();
    const collectedS = manifest.collectedS + (performance.now() - startedAt) / 1000;
    await folder.writeManifest({ ...manifest, collectedS: Math.round(collectedS * 100) / 100 });
  }
}

async function unfinished(folder: RunFolder, trials: readonly Trial[]): Promise<Trial[]> {
  const records = await Promise.all(trials.map(({ id }) => folder.readRecord(id)));
  return trials.filter((_, index) => records[index]?.status !== 'measured');
}
