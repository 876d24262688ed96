import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { stringify } from 'yaml';
import { writeFileAtomic } from '../atomic-file.js';
import { InputError } from '../errors.js';
import type { MachineResult } from '../report/result.js';
import { type ReadScenario, readScenario } from './read.js';
import type { Scenario } from './schema.js';

/** In a run: what its images were made of. */
export const lockName = 'images.lock.json';

/** What a run was made with; written before the first boot, completed after the last. */
export interface Manifest {
  readonly schema: 'stackbed.manifest/1';
  readonly scenario: string;
  readonly seed: number;
  readonly stackbed: string;
  readonly command: string;
  readonly startedAt: string;
  readonly accelerator: string;
  /** How emulated machines were started; missing in the oldest runs, which were cold. */
  readonly boot?: 'cold' | 'restored';
  readonly host: {
    kernel: string;
    node: string;
    qemu: string;
    libvirt?: string;
    /** Version of the engine that ran the containers, and where it was found. */
    docker?: string;
    cpus: number;
    memory_mib: number;
  };
  /** SHA-256 over the probe frames; while probes are to be selected, over those that they are selected from. */
  readonly probesDigest: string;
  /** By the id that the scenario uses. */
  readonly images: Readonly<Record<string, { id: string; digest: string; release: string }>>;
  /** Names of the folders under `machines`: the machine's id, or `machine@condition`. */
  readonly machines: readonly string[];
  /** Seconds spent collecting, over all sessions of the run. */
  readonly collectedS: number;
  /** The runs that this one was merged of; missing in one that was measured. */
  readonly merged?: readonly MergedRun[];
  /** The recorded dataset that it was made of; missing in a run that was measured. */
  readonly recorded?: RecordedOrigin;
  /** It is the pilot in another run's folder. */
  readonly pilot?: boolean;
}

/** In a run that was made of a recorded dataset: what it took of that. */
export const recordedFolder = 'recorded';

/** A recorded dataset, and the run that it was recorded of. */
export interface RecordedOrigin {
  readonly name: string;
  /** Of the dataset, over all of its trials. */
  readonly digest: string;
  readonly trials: number;
  /** Probes that the run sent; of these the first ones may have been kept. */
  readonly sent: number;
  readonly scenario: string;
  readonly command: string;
}

/** What a manifest keeps of a run that was merged into it. */
export type MergedRun = Pick<
  Manifest,
  'scenario' | 'stackbed' | 'command' | 'startedAt' | 'accelerator' | 'boot' | 'host' | 'machines'
>;

/** What is kept of one machine, under one condition, beside its raw responses. */
export type MachineRecord = Omit<
  MachineResult,
  'answered' | 'silent' | 'partial' | 'responses' | 'behaviour_class'
> & {
  /** Name of the network condition; missing where the scenario has none. */
  readonly condition?: string;
  /** Sentinels that were sent again; missing in older runs. */
  readonly sentinels_lost?: number;
  /** Probe packets that were sent again because the machine had lost the sentinel behind them. */
  readonly resent?: number;
  readonly duration_ms: number;
  readonly lost_by_path: number;
  readonly decisions: number;
  readonly decisions_digest: string;
};

/** A trial's folder while it is filled. */
export interface PendingMachine extends AsyncDisposable {
  readonly path: string;
  commit(): Promise<void>;
}

/** The folder of one run; everything in it is written whole or not at all. */
export class RunFolder {
  private constructor(readonly path: string) {}

  /** A new folder `root/<name>/<stamp>-<seed>`. */
  static async create(root: string, scenario: Scenario, startedAt: Date): Promise<RunFolder> {
    const stamp = startedAt.toISOString().replace(/[-:]/g, '').replace(/\..*/, '');
    const base = join(root, scenario.name, `${stamp}-${scenario.seed}`);
    for (let attempt = 1; ; attempt++) {
      const path = attempt === 1 ? base : `${base}.${attempt}`;
      if (existsSync(path)) continue;
      await mkdir(join(path, 'machines'), { recursive: true });
      return new RunFolder(resolve(path));
    }
  }

  /** A new folder under this very name. */
  static async createAt(path: string): Promise<RunFolder> {
    await mkdir(join(path, 'machines'), { recursive: true });
    return new RunFolder(resolve(path));
  }

  /** An existing run. Throws InputError when `path` is none. */
  static open(path: string): RunFolder {
    if (!existsSync(join(path, 'manifest.json')))
      throw new InputError(`${path} is not the folder of a run: it has no manifest.json`, {
        remedy: 'give a folder runs/<scenario>/<stamp>-<seed>, as printed at the end of a run',
      });
    return new RunFolder(resolve(path));
  }

  file(name: string): string {
    return join(this.path, name);
  }

  /** Keeps the scenario as it was run: the file's own words with name and seed made explicit. */
  async writeScenario({
    input,
    scenario: { name, seed },
  }: Pick<ReadScenario, 'input' | 'scenario'>): Promise<void> {
    const text = stringify({ ...input, name, seed }, { lineWidth: 100 });
    await writeFileAtomic(this.file('scenario.resolved.yaml'), text);
  }

  async readScenario(): Promise<ReadScenario> {
    return readScenario(this.file('scenario.resolved.yaml'));
  }

  async writeManifest(manifest: Manifest): Promise<void> {
    await writeFileAtomic(this.file('manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  }

  async readManifest(): Promise<Manifest> {
    return JSON.parse(await readFile(this.file('manifest.json'), 'utf8')) as Manifest;
  }

  /** Puts a trial's folder in place in one step; `fill` writes into a folder that nobody reads yet. */
  async commitMachine(id: string, fill: (folder: string) => Promise<void>): Promise<void> {
    await using pending = await this.beginMachine(id);
    await fill(pending.path);
    await pending.commit();
  }

  /** A folder for a trial that nobody reads before `commit`; without that it is gone at the end. */
  async beginMachine(id: string): Promise<PendingMachine> {
    const path = this.file(join('machines', `.${id}.${randomBytes(4).toString('hex')}.tmp`));
    const final = this.file(join('machines', id));
    await mkdir(path);
    return {
      path,
      commit: async () => {
        await rm(final, { recursive: true, force: true });
        await rename(path, final);
        const parent = await open(this.file('machines'), 'r');
        await parent.sync().finally(() => parent.close());
      },
      [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
    };
  }

  /** Where the capture of a trial is written, and the name that it gets when it is whole. */
  async captureFiles(id: string): Promise<{ temporary: string; final: string }> {
    await mkdir(this.file('captures'), { recursive: true });
    const temporary = this.file(join('captures', `.${id}.${randomBytes(4).toString('hex')}.tmp`));
    return { temporary, final: this.file(join('captures', `${id}.pcapng`)) };
  }

  async writeRecord(folder: string, record: MachineRecord): Promise<void> {
    await writeFile(join(folder, 'machine.json'), `${JSON.stringify(record, null, 2)}\n`);
  }

  /** The record of a trial by its id, or undefined while it has none. */
  async readRecord(id: string): Promise<MachineRecord | undefined> {
    const file = this.file(join('machines', id, 'machine.json'));
    if (!existsSync(file)) return undefined;
    return JSON.parse(await readFile(file, 'utf8')) as MachineRecord;
  }

  /** Removes what an interrupted session left half written. */
  async sweep(): Promise<void> {
    for (const folder of ['machines', 'captures']) {
      if (!existsSync(this.file(folder))) continue;
      for (const name of await readdir(this.file(folder)))
        if (name.endsWith('.tmp')) await rm(this.file(join(folder, name)), { recursive: true, force: true });
    }
  }
}
