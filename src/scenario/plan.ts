import { slowdownFactor } from '../../testbed/speed.js';

/** Seconds of one core for a boot and a restore, and packets a second, of an ordinary guest under TCG at reference speed. */
const reference = { bootS: 3, restoreS: 0.4, packetsPerS: 20_000 };

/** About how long a run takes here, seconds, pulling images and learning not counted. */
export function estimate(work: {
  machines: number;
  packets: number;
  /** Times that a machine gives way to a fresh one. */
  restores: number;
  jobs: number;
}): number {
  const coreSeconds =
    work.machines * reference.bootS +
    work.restores * reference.restoreS +
    work.packets / reference.packetsPerS;
  return Math.ceil((coreSeconds * slowdownFactor()) / Math.min(work.jobs, Math.max(1, work.machines)));
}
