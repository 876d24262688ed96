import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { deleteNamespace, namespaceFolder } from '../lab/iproute.js';
import { namespaceName } from '../lab/lab.js';
import { Lease } from '../lease/lease.js';
import { allTraces, type Traces } from '../lease/traces.js';
import { findDocker } from './docker.js';

/** What a lease has left that nobody sees to any more. */
export interface Leftover extends Omit<Traces, 'held'> {
  /** Containers in the engine that runs would use. */
  readonly containers: number;
}

const leaseLabel = 'stackbed.lease';

/** Containers by the mark of their lease; none where there is no engine. */
async function containersByMark(): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>();
  const engine = await findDocker().catch(() => undefined);
  const containers =
    (await engine?.docker.listContainers({ all: true, filters: { label: [leaseLabel] } })) ?? [];
  for (const { Id, Labels } of containers) {
    const mark = Labels[leaseLabel]!;
    found.set(mark, [...(found.get(mark) ?? []), Id]);
  }
  return found;
}

/**
 * Finds by mark and label what runs left behind whose reaper was killed, too, and removes it unless `dryRun` is set. What has
 * no mark is never touched, nor what belongs to a run that goes on.
 */
export async function collectLeftovers({ dryRun }: { readonly dryRun: boolean }): Promise<Leftover[]> {
  const containers = await containersByMark();
  const known = await allTraces();
  const none = { processes: 0, namespace: false, folder: false, held: false };
  const all = [
    ...known,
    ...[...containers.keys()]
      .filter((mark) => !known.some((each) => each.mark === mark))
      .map((mark) => ({ mark, ...none })),
  ];
  const left = all
    .filter(({ held }) => !held)
    .map(({ held: _, ...rest }) => ({ ...rest, containers: containers.get(rest.mark)?.length ?? 0 }));
  if (dryRun || left.length === 0) return left;
  const engine = await findDocker().catch(() => undefined);
  for (const { mark } of left) {
    for (const id of containers.get(mark) ?? [])
      await engine?.docker
        .getContainer(id)
        .remove({ force: true, v: true })
        .catch(() => {});
    await Lease.ofMark(mark).release();
    // Its reaper knows of it by its folder only.
    if (existsSync(join(namespaceFolder, namespaceName(mark)))) await deleteNamespace(namespaceName(mark));
  }
  return left;
}
