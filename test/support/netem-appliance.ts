import { pullImages } from '../../images/index.js';
import type { Direction } from '../../src/netem/flow.js';
import { Lease } from '../../testbed/lease/lease.js';
import { type Layout, NetemAppliance } from '../../testbed/netem-appliance/index.js';
import { slowdownFactor } from '../../testbed/speed.js';

/** Boots a netem appliance and hands it to `use`; everything is gone afterwards. */
export async function withNetemAppliance<T>(
  layout: Layout,
  use: (box: NetemAppliance) => Promise<T>,
): Promise<T> {
  const image = (await pullImages(['netem-appliance'])).get('netem-appliance')!;
  await using lease = await Lease.acquire();
  const timeoutMs = 60_000 * slowdownFactor();
  await using box = await NetemAppliance.start({ lease, image, accelerator: 'tcg', layout, timeoutMs });
  return await use(box);
}

/** Sends frames in one direction and gives what comes out in both, once nothing has come for `quietMs`. */
export async function cross(
  box: NetemAppliance,
  direction: Direction,
  frames: Iterable<Uint8Array>,
  quietMs = 500,
): Promise<Record<Direction, Uint8Array[]>> {
  const out: Record<Direction, Uint8Array[]> = { forward: [], reverse: [] };
  let last = performance.now();
  box.onFrame = (towards, frame) => {
    out[towards].push(new Uint8Array(frame));
    last = performance.now();
  };
  for (const frame of frames) box.send(direction, frame);
  while (performance.now() - last < quietMs) await new Promise((resolve) => setTimeout(resolve, 20));
  box.onFrame = undefined;
  return out;
}
