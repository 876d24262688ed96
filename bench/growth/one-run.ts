// Does one run and prints what it took as JSON: one-run.js SCENARIO FOLDER
import { readScenario } from '../../src/scenario/read.js';
import { runScenario } from '../../src/scenario/run.js';

/** What a run took. */
export interface Taken {
  /** From its beginning to its result, seconds. */
  readonly wallS: number;
  /** Of this process, seconds. */
  readonly cpuS: number;
  /** Most memory of this process, MiB. */
  readonly peakMib: number;
  /** The same, until the last machine was measured. */
  readonly probingMib: number;
  readonly packets: number;
  readonly unmatched: number;
  /** Folder of the run. */
  readonly folder: string;
}

const [file = '', root = ''] = process.argv.slice(2);
const peak = () => process.resourceUsage().maxRSS / 1024;
let probingMib = 0;
const begun = performance.now();
const { result, folder } = await runScenario({
  ...{ read: await readScenario(file), root, jobs: 2, accelerator: 'tcg' },
  signal: new AbortController().signal,
  onEvent: (event) => {
    if (event.kind === 'measured') probingMib = peak();
    if (event.kind === 'failed') throw new Error(`${event.machine} failed: ${event.reason}`);
  },
});
const wallS = (performance.now() - begun) / 1000;
const { user, system } = process.cpuUsage();
const sum = (of: (machine: (typeof result.machines)[number]) => number) =>
  result.machines.reduce((total, machine) => total + of(machine), 0);
const taken: Taken = {
  ...{ wallS, cpuS: (user + system) / 1e6, peakMib: peak(), probingMib },
  ...{ packets: sum((machine) => machine.packets_sent), unmatched: sum((machine) => machine.unmatched) },
  folder: folder.path,
};
process.stdout.write(JSON.stringify(taken));
