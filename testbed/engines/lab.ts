import { rm } from 'node:fs/promises';
import type { OnProgress } from '../../images/index.js';
import { writeFileAtomic } from '../../src/atomic-file.js';
import { findEmulators } from '../drivers/qemu/platform.js';
import { Lab, requirePrivileges } from '../lab/lab.js';
import { Lease } from '../lease/lease.js';
import { dockerAt } from './docker.js';
import { type LabState, labEngine, labStateFile } from './lab-state.js';
import { libvirtVersion } from './libvirt.js';
import { startLibvirtd } from './libvirtd.js';
import { startDocker } from './private-docker.js';

export interface LabOptions {
  readonly onProgress?: OnProgress;
  readonly signal?: AbortSignal;
}

/**
 * Starts the engines that runs may use until {@link labDown}, in a lab of their own. Those that are up already stay.
 *
 * @throws CapabilityError without root, or when an engine cannot be had or started; nothing of it is left then
 */
export async function labUp(options: LabOptions = {}): Promise<{ state: LabState; started: boolean }> {
  requirePrivileges();
  const before = await labEngine();
  if (before) {
    const answers =
      before.docker !== undefined && (await dockerAt(before.docker, 'stackbed lab').catch(() => undefined));
    if (answers) return { state: before, started: false };
    await labDown();
  }
  const lease = await Lease.lasting();
  try {
    const engine = await startDocker(lease, await Lab.open(lease), options);
    const libvirt = await libvirtOf(lease);
    const state = {
      ...{ mark: lease.mark, docker: engine.socket, startedAt: new Date().toISOString() },
      ...(libvirt !== undefined && { libvirt }),
    };
    await writeFileAtomic(labStateFile(), `${JSON.stringify(state, null, 2)}\n`);
    return { state, started: true };
  } catch (error) {
    await lease.release();
    throw error;
  }
}

/** URI of a libvirtd for every emulator that there is; undefined where libvirt is not installed. */
async function libvirtOf(lease: Lease): Promise<string | undefined> {
  const emulators = (await findEmulators()).filter(({ path }) => path !== undefined);
  const isThere = await libvirtVersion(undefined).then(
    () => true,
    () => false,
  );
  if (!isThere || emulators.length === 0) return undefined;
  const architectures = emulators.map(({ architecture }) => architecture);
  return (await startLibvirtd(lease, architectures, { lasts: true })).uri;
}

/** Ends the engines that {@link labUp} has started, with what runs in them; undefined when none were up. */
export async function labDown(): Promise<LabState | undefined> {
  const state = await labEngine();
  if (state) await Lease.ofMark(state.mark).release();
  await rm(labStateFile(), { force: true });
  return state;
}
