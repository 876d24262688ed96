import { requireQemu } from '../testbed/drivers/qemu/platform.js';
import { Lease } from '../testbed/lease/lease.js';
import { qemuVersion } from '../testbed/qemu-version.js';
import { figure, host, median, type Report } from './figures.js';
import { type Crossing, cross } from './wire/crossing.js';
import { type Subject, throughAppliance, throughEcho, throughWire } from './wire/subjects.js';

const rounds = 5;

type Round = Crossing & Awaited<ReturnType<Subject['end']>>;

async function measure(subject: Subject): Promise<Round> {
  const { from, to, frames, window } = subject;
  await subject.begin();
  const crossing = await cross(from, to, frames, window);
  return { ...crossing, ...(await subject.end()) };
}

const perCpuSecond = ({ sent, cpuUs }: Round) => sent / (cpuUs / 1e6);
const perSecond = ({ sent, wallMs }: Round) => sent / (wallMs / 1e3);
const allocated = ({ sent, allocated }: Round) => allocated! / sent;

/**
 * Frames that a process takes from one socket and gives to another, one in and one out: through the wire's switch and
 * five stages, and through the switch alone; against the same stages of the kernel in the netem appliance, and against
 * a UDP echo, which is the ceiling of what Node does with packets one at a time. Under TCG.
 */
export async function wire(say: (text: string) => void): Promise<Report> {
  await using lease = await Lease.acquire();
  await using five = await throughWire(lease, 5);
  await using none = await throughWire(lease, 0);
  await using echo = await throughEcho();
  await using appliance = await throughAppliance(lease);
  const subjects = { 'five stages': five, switch: none, 'UDP echo': echo, 'netem appliance': appliance };
  const names = Object.keys(subjects) as (keyof typeof subjects)[];
  const found = new Map(names.map((name) => [name, [] as Round[]]));
  // Not counted: code is compiled here.
  for (const subject of Object.values(subjects)) await measure(subject);
  for (let round = 1; round <= rounds; round++) {
    for (const [name, each] of found) each.push(await measure(subjects[name]));
    const last = [...found].map(([name, each]) => {
      const { sent, arrived } = each.at(-1)!;
      const thousands = (perCpuSecond(each.at(-1)!) / 1e3).toFixed(1);
      return `${name} ${thousands}k frames/CPU s (${((arrived / sent) * 100).toFixed(1)} % arrived)`;
    });
    say(`round ${round} of ${rounds}: ${last.join(', ')}`);
  }
  const middle = (name: keyof typeof subjects, of: (round: Round) => number) =>
    median(found.get(name)!.map(of));
  const rate = (name: string, goal: number) =>
    ({ name, unit: 'frames/CPU s', better: 'more', goal }) as const;
  const byClock = { name: 'five stages, by the clock', unit: 'frames/s', better: 'more', goal: 5 } as const;
  const memory = { name: 'five stages, allocated', unit: 'B/frame', better: 'less', goal: 1 } as const;
  const ceiling = { 'UDP echo': middle('UDP echo', perCpuSecond) };
  const kernel = { 'netem appliance': middle('netem appliance', perCpuSecond) };
  const ours = middle('five stages', perCpuSecond);
  return {
    bench: 'wire',
    at: new Date().toISOString(),
    host: host({ qemu: await qemuVersion(await requireQemu('amd64')), accelerator: 'tcg' }),
    notes: {
      'netem appliance': 'tc and nft of Linux 6.12 in a machine under emulation, all threads of QEMU',
      'UDP echo': 'a datagram in and the same one out',
    },
    figures: [
      figure(rate('switch and five stages', 5), ours, kernel),
      figure(byClock, middle('five stages', perSecond), {
        'netem appliance': middle('netem appliance', perSecond),
      }),
      figure(rate('switch and five stages', 0.5), ours, ceiling),
      figure(rate('switch alone', 0.5), middle('switch', perCpuSecond), ceiling),
      figure(memory, middle('five stages', allocated), { 'UDP echo': middle('UDP echo', allocated) }),
    ],
  };
}
