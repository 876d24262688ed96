import { type OnProgress, obtainTool } from '../../images/index.js';
import { findDocker } from '../../testbed/engines/docker.js';
import { runscVersion } from '../../testbed/engines/runtimes.js';
import { requirePrivileges } from '../../testbed/lab/lab.js';
import type { PlannedMachine } from './fleet.js';

/**
 * The Docker engine that runs the containers of a fleet, with its version and where it was found: one that
 * runs, or that which Stackbed starts for the run, which is unpacked then. Undefined when there are no
 * containers.
 *
 * @throws CapabilityError without root, when the engine does not answer or lacks a runtime, or when none can be had
 */
export async function dockerVersion(
  fleet: readonly PlannedMachine[],
  options: { readonly onProgress: OnProgress; readonly signal: AbortSignal },
): Promise<string | undefined> {
  if (!fleet.some(({ driver }) => driver === 'docker')) return undefined;
  requirePrivileges();
  const engine = await findDocker();
  const runsc = fleet.some(({ runtime }) => runtime === 'runsc') ? `, ${await runscVersion(engine)}` : '';
  if (engine) return `${engine.version} (${engine.found})${runsc}`;
  const { packages } = await obtainTool('docker', options);
  return `${packages.find((each) => each.startsWith('docker.io='))} (Stackbed's own)${runsc}`;
}
