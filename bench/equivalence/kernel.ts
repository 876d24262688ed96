import { netemArguments } from '../../src/netem/tc/netem-arguments.js';
import { interfaces, type NetemAppliance } from '../../testbed/netem-appliance/index.js';
import type { Condition } from './conditions.js';
import { type Observation, observe } from './observation.js';
import { framesOf, type Traffic } from './traffic.js';

const tc = '/usr/sbin/tc';
/** More than ever wait: netem's own 1000 would drop some. */
const queueLimit = 100_000;
const patienceMs = 60_000;

async function setQdisc(box: NetemAppliance, words: readonly string[], seed: number): Promise<void> {
  const own = ['limit', String(queueLimit), ...words, 'seed', String(seed)];
  const device = ['dev', interfaces.machine, 'root'];
  await box.apply([{ argv: [tc, 'qdisc', 'replace', ...device, 'netem', ...own] }]);
}

/**
 * Lets each packet that comes in be sent back, too, before anything else is done with it: its time of arrival is then as
 * exact as that of its departure, while the time at which it was put in is one of the host's.
 */
export async function reflect(box: NetemAppliance): Promise<void> {
  const device = ['dev', interfaces.prober];
  const mirror = ['matchall', 'action', 'mirred', 'egress', 'mirror', ...device];
  await box.apply([
    { argv: [tc, 'qdisc', 'add', ...device, 'ingress'] },
    { argv: [tc, 'filter', 'add', ...device, 'ingress', ...mirror] },
  ]);
}

/** Packets that wait in the queue. */
async function waiting(box: NetemAppliance): Promise<number> {
  const { stdout } = await box.run([tc, '-s', '-j', 'qdisc', 'show', 'dev', interfaces.machine, 'root']);
  const [{ qlen }] = JSON.parse(stdout) as [{ qlen: number }];
  return qlen;
}

async function feed(box: NetemAppliance, frames: readonly Uint8Array[], { perMs }: Traffic): Promise<void> {
  const start = performance.now();
  for (const [position, frame] of frames.entries()) {
    box.send('forward', frame);
    while (perMs !== undefined && performance.now() - start < position / perMs)
      await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

/** The times at which so many packets came in, once they have all come and none waits any more. */
async function allThrough(box: NetemAppliance, count: number): Promise<number[]> {
  const entered: number[] = [];
  let left = Number.NaN;
  for (let since = performance.now(); performance.now() - since < patienceMs; ) {
    const more = await box.passed('prober');
    entered.push(...more.map(({ at }) => at));
    const now = await waiting(box);
    if (entered.length >= count && now === 0) return entered;
    if (more.length > 0 || now !== left) since = performance.now();
    left = now;
  }
  throw new Error(`of ${count} packets ${entered.length} came to the queue, and ${left} wait in it`);
}

async function observed(box: NetemAppliance, traffic: Traffic, seed: number): Promise<Observation> {
  const sent = framesOf(traffic, seed);
  await feed(box, sent, traffic);
  const entered = await allThrough(box, sent.length);
  return observe(sent, entered, await box.passed('machine'));
}

/**
 * Sends a condition's packets through the kernel's netem in an appliance that was started with `record` and reflects. What
 * a packet takes without any impairment is taken off its time.
 *
 * @param floorMs see {@link floorOf}
 */
export async function throughKernel(
  box: NetemAppliance,
  { spec, traffic }: Condition,
  seed: number,
  floorMs: number,
): Promise<Observation> {
  // A queue of its own each time: counters and states of the last one are gone.
  await box.apply([{ argv: [tc, 'qdisc', 'replace', 'dev', interfaces.machine, 'root', 'pfifo'] }]);
  await setQdisc(box, netemArguments(spec), seed);
  const seen = await observed(box, traffic, seed);
  const departures = seen.departures.map((each) => ({ ...each, transit: each.transit - floorMs }));
  return { ...seen, departures };
}

/** Milliseconds from arrival to departure, of each of some packets, with a netem that does nothing. */
export async function floorOf(box: NetemAppliance): Promise<number[]> {
  await setQdisc(box, [], 1);
  const { departures } = await observed(box, { count: 1000, perMs: 1, sizes: 'none' }, 1);
  return departures.map(({ transit }) => transit);
}
