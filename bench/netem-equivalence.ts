import { pullImages } from '../images/index.js';
import { requireQemu } from '../testbed/drivers/qemu/driver.js';
import { Lease } from '../testbed/lease/lease.js';
import { NetemAppliance } from '../testbed/netem-appliance/index.js';
import { qemuVersion } from '../testbed/qemu-version.js';
import { type Comparison, compare, level, type Pair } from './equivalence/compare.js';
import { type Condition, conditions } from './equivalence/conditions.js';
import { floorOf, reflect, throughKernel } from './equivalence/kernel.js';
import { throughSimulator } from './equivalence/simulator.js';
import { host, median } from './figures.js';

/** Whether the simulated path does what the kernel's netem does. */
export interface Equivalence {
  readonly bench: string;
  readonly at: string;
  readonly host: Readonly<Record<string, string | number>>;
  readonly seed: number;
  /** Of the whole family of tests. */
  readonly level: number;
  /** Milliseconds that a packet takes through the appliance without any impairment: taken off before comparing. */
  readonly floor: { readonly median: number; readonly ninetyNinth: number };
  readonly comparisons: readonly Comparison[];
}

/** Starts an appliance whose time is counted and whose cards are recorded, and hands it to `use`. */
export async function withCountedAppliance<T>(use: (box: NetemAppliance) => Promise<T>): Promise<T> {
  const image = (await pullImages(['netem-appliance'])).get('netem-appliance')!;
  await using lease = await Lease.acquire();
  await using box = await NetemAppliance.start({
    ...{ lease, image, accelerator: 'tcg', time: 'counted', record: true },
    timeoutMs: 240_000,
  });
  await reflect(box);
  return await use(box);
}

/** Sends the same packets of each condition through the appliance and through the simulator. */
export async function pairsOf(
  box: NetemAppliance,
  chosen: readonly Condition[],
  seed: number,
  say: (text: string) => void = () => {},
): Promise<{ pairs: Pair[]; floor: number[] }> {
  const floor = await floorOf(box);
  const floorMs = median(floor);
  const pairs: Pair[] = [];
  for (const [at, condition] of chosen.entries()) {
    const kernel = await throughKernel(box, condition, seed + at, floorMs);
    pairs.push({ condition, kernel, simulator: throughSimulator(condition, seed + at) });
    say(
      `${at + 1} of ${chosen.length}: ${condition.spec.kind}, ${kernel.departures.length} packets came out`,
    );
  }
  return { pairs, floor };
}

/**
 * Kernel netem, in a guest with a stock Debian kernel, beside the simulated path: two-sample tests of what packets show of
 * each impairment at three settings or more. Equal seeds give equal decisions on either side.
 */
export async function netemEquivalence(say: (text: string) => void, seed = 1): Promise<Equivalence> {
  const { pairs, floor, release } = await withCountedAppliance(async (box) => ({
    ...(await pairsOf(box, conditions, seed * 1000, say)),
    release: box.release,
  }));
  const sorted = floor.toSorted((a, b) => a - b);
  return {
    bench: 'netem-equivalence',
    at: new Date().toISOString(),
    host: host({ qemu: await qemuVersion(await requireQemu('amd64')), netem: `Linux ${release}` }),
    ...{ seed, level },
    floor: { median: median(floor), ninetyNinth: sorted[Math.floor(0.99 * sorted.length)]! },
    comparisons: compare(pairs),
  };
}
