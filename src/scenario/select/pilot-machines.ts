import { randomStream } from '../../random.js';
import type { PlannedMachine } from '../fleet.js';

type Described = Pick<
  PlannedMachine,
  | 'image'
  | 'ramMib'
  | 'cores'
  | 'nic'
  | 'machine'
  | 'cpu'
  | 'driver'
  | 'network'
  | 'runtime'
  | 'configuration'
  | 'application'
>;

/** What a machine may share with others, its image aside. */
function traitsOf({ configuration, application, ...one }: Described): string[] {
  const { ramMib, cores, nic, machine, cpu, driver, network, runtime } = one;
  const all = { ramMib, cores, nic, machine, cpu, driver, network, runtime };
  const names = { configuration: configuration.name, application: application.name };
  return Object.entries({ ...all, ...names }).map(([trait, value]) => `${trait} ${value}`);
}

/**
 * The machines of a first pass, as many as asked for or all, in the order of the fleet. Labels follow from the image:
 * one machine of each image, those of images with many machines first, then another of each, and so on; of an image's
 * machines the one whose settings and hardware have been taken least. Of equals, and of images with equally many
 * machines, the seed decides.
 */
export function pilotMachines<Machine extends Described>(
  fleet: readonly Machine[],
  count: number,
  seed: number,
): Machine[] {
  const byImage = new Map<string, number[]>();
  for (const place of randomStream(seed, 'pilot').shuffle([...fleet.keys()])) {
    const { image } = fleet[place]!;
    byImage.set(image, [...(byImage.get(image) ?? []), place]);
  }
  const images = [...byImage.values()].sort((one, other) => other.length - one.length);
  const traits = fleet.map(traitsOf);
  const taken = new Map<string, number>();
  const shared = (place: number) => traits[place]!.reduce((sum, trait) => sum + (taken.get(trait) ?? 0), 0);
  const chosen: number[] = [];
  for (let round = 0; chosen.length < Math.min(count, fleet.length); round++) {
    const left = images[round % images.length]!;
    if (left.length === 0) continue;
    const counts = left.map(shared);
    const [place] = left.splice(counts.indexOf(Math.min(...counts)), 1);
    for (const trait of traits[place!]!) taken.set(trait, (taken.get(trait) ?? 0) + 1);
    chosen.push(place!);
  }
  return chosen.sort((one, other) => one - other).map((place) => fleet[place]!);
}
