import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pullImages } from '../../images/index.js';
import { compilePath } from '../../src/netem/compile/index.js';
import type { Lease } from '../../testbed/lease/lease.js';
import { interfaces, NetemAppliance } from '../../testbed/netem-appliance/index.js';
import { slowdownFactor } from '../../testbed/speed.js';
import type { End } from './crossing.js';
import { DatagramEnd } from './datagram-end.js';
import type { Spent } from './meter.js';
import { fiveStages } from './path.js';
import { Program } from './program.js';
import { StreamEnd } from './stream-end.js';

/** Something that frames cross, in a process of its own. */
export interface Subject extends AsyncDisposable {
  readonly from: End;
  readonly to: End;
  /** Frames a round. */
  readonly frames: number;
  /** Frames on the way at once. */
  readonly window: number;
  begin(): Promise<void>;
  /** What the process spent since; allocations only where it can tell. */
  end(): Promise<Pick<Spent, 'cpuUs'> & Partial<Spent>>;
}

/** Our switch, with that many stages behind it. */
export async function throughWire(lease: Lease, stages: 0 | 5): Promise<Subject> {
  const paths = ['near', 'far'].map((name) => join(lease.folder, `${name}${stages}.sock`));
  const program = await Program.start('forward', [...paths, String(stages)]);
  const [from, to] = await Promise.all([StreamEnd.connect(paths[0]!), StreamEnd.connect(paths[1]!)]);
  return {
    ...{ from, to, frames: 200_000, window: 4096 },
    begin: () => program.begin(),
    end: () => program.end(),
    [Symbol.asyncDispose]: () => program[Symbol.asyncDispose](),
  };
}

/** A UDP echo. */
export async function throughEcho(): Promise<Subject> {
  const program = await Program.start('echo');
  const end = await DatagramEnd.open(program.ready as number);
  return {
    ...{ from: end, to: end, frames: 100_000, window: 256 },
    begin: () => program.begin(),
    end: () => program.end(),
    [Symbol.asyncDispose]: async () => {
      end.close();
      await program[Symbol.asyncDispose]();
    },
  };
}

/** The kernel's bridge, with the same five stages as tc and nft have them, emulated. */
export async function throughAppliance(lease: Lease): Promise<Subject> {
  const image = (await pullImages(['netem-appliance'])).get('netem-appliance')!;
  const timeoutMs = 60_000 * slowdownFactor();
  const box = await NetemAppliance.start({ lease, image, accelerator: 'tcg', timeoutMs });
  await box.apply(compilePath(fiveStages, { interfaces }).commands);
  const to: End = { send: () => {}, flush: () => {}, onArrival: undefined };
  box.onFrame = () => to.onArrival?.(1);
  let before = 0;
  return {
    from: { send: (frame) => box.send('forward', frame), flush: () => {}, onArrival: undefined },
    ...{ to, frames: 20_000, window: 256 },
    begin: async () => {
      before = await processorUs(box.pid);
    },
    end: async () => ({ cpuUs: (await processorUs(box.pid)) - before }),
    [Symbol.asyncDispose]: () => box[Symbol.asyncDispose](),
  };
}

const tickUs = 10_000;

/** Processor time of all threads of a process so far (proc_pid_stat(5): utime and stime, in ticks), microseconds. */
async function processorUs(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * tickUs;
}
