import type { BootableImage } from '../../images/index.js';
import type { MachineResult } from '../report/result.js';
import type { PlannedMachine } from './fleet.js';

const gvisor = ['gvisor', 'gvisor of runsc', 'gvisor of runsc'];

/** Labels of a machine: those of its image, but for a container that gVisor gives another kernel. */
export function labelsOf(
  { runtime }: Pick<PlannedMachine, 'runtime'>,
  { kernel, distribution }: BootableImage['labels'],
): MachineResult['labels'] {
  if (runtime === 'runsc') return { kernel: [...gvisor], distribution: [...gvisor] };
  return { kernel: [...kernel], distribution: [...distribution] };
}
