import { arch, cpus, release, totalmem } from 'node:os';
import type { BootableImage } from '../../images/index.js';
import type { Accelerator } from '../../testbed/drivers/qemu/arguments.js';
import type { BootMethod } from '../../testbed/machine.js';
import { writeProbes } from '../dataset/probe-store.js';
import { InputError } from '../errors.js';
import { type Probe, probesDigest } from '../probe/probe.js';
import { version } from '../version.js';
import type { Trial } from './conditions.js';
import { framesOf } from './probe-set.js';
import type { ReadScenario } from './read.js';
import type { Manifest, RunFolder } from './run-folder.js';
import { selecting } from './select/schema.js';

/** Writes down what a run is made with, before its first boot. */
export async function beginManifest(
  folder: RunFolder,
  read: ReadScenario,
  trials: readonly Trial[],
  images: ReadonlyMap<string, BootableImage>,
  how: {
    readonly probes: readonly Probe[];
    readonly accelerator: Accelerator;
    readonly boot: BootMethod;
    readonly qemu: string;
    readonly libvirt: string | undefined;
    readonly docker: string | undefined;
  },
): Promise<Manifest> {
  const { scenario } = read;
  const { open, closed } = scenario.probes;
  const frames = framesOf(how.probes, { open, closed });
  const manifest: Manifest = {
    schema: 'stackbed.manifest/1',
    scenario: scenario.name,
    seed: scenario.seed,
    stackbed: version,
    command: `stackbed run ${read.file} --seed ${scenario.seed}${how.boot === 'cold' ? '' : ` --boot ${how.boot}`}`,
    startedAt: new Date().toISOString(),
    accelerator: how.accelerator,
    boot: how.boot,
    host: {
      kernel: `${release()} ${arch()}`,
      node: process.versions.node,
      qemu: how.qemu,
      ...(how.libvirt !== undefined && { libvirt: how.libvirt }),
      ...(how.docker !== undefined && { docker: how.docker }),
      cpus: cpus().length,
      memory_mib: Math.round(totalmem() / 2 ** 20),
    },
    probesDigest: probesDigest(frames),
    images: Object.fromEntries(
      [...images].map(([name, { id, digest, release: kernel }]) => [name, { id, digest, release: kernel }]),
    ),
    machines: trials.map(({ id }) => id),
    collectedS: 0,
  };
  await folder.writeScenario(read);
  // Where probes are selected, those that were are kept.
  if (!selecting(scenario.probes)) await writeProbes(folder.file('probes.parquet'), how.probes, frames);
  await folder.writeManifest(manifest);
  return manifest;
}

/** A resumed run must go on with the very images it began with. */
export async function sameImages(
  folder: RunFolder,
  images: ReadonlyMap<string, BootableImage>,
): Promise<Manifest> {
  const manifest = await folder.readManifest();
  for (const [name, image] of images) {
    const before = manifest.images[name];
    if (before && before.digest !== image.digest)
      throw new InputError(
        `${name} was ${before.id} (${before.digest.slice(0, 12)}) when the run began and is ${image.id} ` +
          `(${image.digest.slice(0, 12)}) now: results of the two must not be mixed`,
        { remedy: 'begin a new run, or pull the image with the lock file of the first' },
      );
  }
  return manifest;
}
