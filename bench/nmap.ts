import { InputError } from '../src/errors.js';
import type { Fingerprint } from '../src/nmap/fingerprint.js';
import { observe } from '../src/nmap/observe.js';
import { nmapScan } from '../src/nmap/scan.js';
import { parseSubject } from '../src/nmap/subject-text.js';
import { randomStream } from '../src/random.js';
import { runPool } from '../src/scenario/pool.js';
import { withMachine } from '../test/support/bed.js';
import { Lab } from '../testbed/lab/lab.js';
import { Lease } from '../testbed/lease/lease.js';
import { slowdownFactor } from '../testbed/speed.js';
import { joinLabProber } from '../testbed/tools/lab-prober.js';
import { runNmap } from '../testbed/tools/nmap.js';
import { host } from './figures.js';
import { agreements, type Scans, type StackAgreement } from './nmap/agreement.js';

/** How far our tests are those that the real nmap finds on the same machines through the same path. */
export interface Agreement {
  readonly bench: string;
  readonly at: string;
  readonly host: Readonly<Record<string, string | number>>;
  /** Of each machine by either, in turns. */
  readonly scans: number;
  readonly stacks: readonly StackAgreement[];
}

const images = [
  ...['linux-5.10', 'linux-6.1+deb12', 'linux-6.12+deb13', 'linux-7.3+deb13', 'uml-6.12'],
  ...[
    'gvisor-2024',
    'netstack-2021',
    'lwip-2.2.1',
    'mongoose-7.23',
    'libslirp-4.9',
    'ns3-3.37',
    'passt-2025',
  ],
];
const [open, closed, closedUdp] = [22, 81, 40_125];
const scans = 20;

async function scansOf(image: string, seed: number): Promise<Scans> {
  await using lease = await Lease.acquire();
  const lab = await Lab.open(lease);
  return await withMachine(image, {}, async ({ prober, control }) => {
    const timeoutMs = 250 * slowdownFactor();
    const ours: Fingerprint[] = [];
    const nmap: Fingerprint[] = [];
    const scanOurs = async (turn: number) => {
      const random = randomStream(seed, `nmap ${image} ${turn}`);
      const ports = { open, closed, closedUdp };
      ours.push(observe(await nmapScan({ prober, control, ports, random, timeoutMs })).fingerprint);
    };
    const scanTheirs = async () => {
      await using _joined = await joinLabProber(lab, prober);
      const { subject } = await runNmap({ lab, lease, open, closed, timeoutMs: 60_000 });
      nmap.push(parseSubject(subject, 'nmap').fingerprint);
    };
    for (let turn = 0; turn < scans; turn++) {
      // What grows with a machine's age must not look like a difference.
      if (turn % 2 === 1) await scanTheirs();
      await scanOurs(turn);
      if (turn % 2 === 0) await scanTheirs();
    }
    return { image, ours, nmap };
  });
}

/** Scans every stack with both, two machines at once. @throws InputError for a stack that nmap cannot scan */
export async function nmapAgreement(say: (text: string) => void, seed = 1): Promise<Agreement> {
  const found = new Map<string, Scans>();
  await runPool(images, 2, async (image) => {
    found.set(
      image,
      await scansOf(image, seed).catch((error: Error) => {
        throw new InputError(`${image}: ${error.message}`, { cause: error });
      }),
    );
    say(`${image}: ${scans} scans by either`);
  });
  const stacks = agreements(images.map((image) => found.get(image)!));
  return { bench: 'nmap', at: new Date().toISOString(), host: host(), scans, stacks };
}
