import { join } from 'node:path';
import { Lease } from '../testbed/lease/lease.js';
import { figure, host, median, type Report } from './figures.js';
import { type Crossing, cross, type End } from './wire/crossing.js';
import { DatagramEnd } from './wire/datagram-end.js';
import type { Spent } from './wire/meter.js';
import { Program } from './wire/program.js';
import { StreamEnd } from './wire/stream-end.js';

const rounds = 5;

/** One thing that frames cross. */
interface Subject extends AsyncDisposable {
  readonly from: End;
  readonly to: End;
  readonly frames: number;
  /** Frames on the way at once. */
  readonly window: number;
  begin(): Promise<void>;
  end(): Promise<Pick<Spent, 'cpuUs'> & Partial<Spent>>;
}

type Round = Crossing & Awaited<ReturnType<Subject['end']>>;

async function throughWire(folder: string, stages: 0 | 5): Promise<Subject> {
  const paths = ['near', 'far'].map((name) => join(folder, `${name}${stages}.sock`));
  const program = await Program.start('forward', [...paths, String(stages)]);
  const [from, to] = await Promise.all([StreamEnd.connect(paths[0]!), StreamEnd.connect(paths[1]!)]);
  return {
    ...{ from, to, frames: 200_000, window: 1024 },
    begin: () => program.begin(),
    end: () => program.end(),
    [Symbol.asyncDispose]: () => program[Symbol.asyncDispose](),
  };
}

async function throughEcho(): Promise<Subject> {
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

async function measure(subject: Subject): Promise<Round> {
  const { from, to, frames, window } = subject;
  await subject.begin();
  const crossing = await cross(from, to, frames, window);
  return { ...crossing, ...(await subject.end()) };
}

/**
 * Frames that a process takes from one socket and gives to another, one in and one out: through the switch and five
 * stages, through the switch alone, and through a UDP echo on loopback. By processor time of all its threads.
 */
export async function wire(say: (text: string) => void): Promise<Report> {
  await using lease = await Lease.acquire();
  await using five = await throughWire(lease.folder, 5);
  await using none = await throughWire(lease.folder, 0);
  await using echo = await throughEcho();
  const subjects: Readonly<Record<string, Subject>> = { 'five stages': five, switch: none, 'UDP echo': echo };
  const found = new Map(Object.keys(subjects).map((name) => [name, [] as Round[]]));
  // Not counted: code is compiled here.
  for (const subject of Object.values(subjects)) await measure(subject);
  for (let round = 1; round <= rounds; round++) {
    for (const [name, each] of found) each.push(await measure(subjects[name]!));
    const last = [...found].map(([name, each]) => {
      const { sent, cpuUs, arrived } = each.at(-1)!;
      return `${name} ${((sent / cpuUs) * 1e3).toFixed(1)}k/s (${((arrived / sent) * 100).toFixed(2)} % arrived)`;
    });
    say(`round ${round} of ${rounds}: ${last.join(', ')}`);
  }
  const middle = (name: string, of: (round: Round) => number) => median(found.get(name)!.map(of));
  const perSecond = (round: Round) => round.sent / (round.cpuUs / 1e6);
  const allocated = (round: Round) => round.allocated! / round.sent;
  const rate = { unit: 'frames/CPU s', better: 'more' } as const;
  const ceiling = { 'UDP echo': middle('UDP echo', perSecond) };
  return {
    bench: 'wire',
    at: new Date().toISOString(),
    host: host(),
    figures: [
      figure(
        { ...rate, name: 'switch and five stages', goal: 0.5 },
        middle('five stages', perSecond),
        ceiling,
      ),
      figure({ ...rate, name: 'switch', goal: 0.5 }, middle('switch', perSecond), ceiling),
      figure(
        { name: 'allocated, five stages', unit: 'B/frame', better: 'less', goal: 0.5 },
        middle('five stages', allocated),
        { 'UDP echo': middle('UDP echo', allocated) },
      ),
    ],
  };
}
