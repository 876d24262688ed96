import type { BootableImage } from '../../images/index.js';
import type { BootedMachine } from '../../testbed/boot.js';
import { sentinelKindOf } from '../../testbed/readiness/of-machine.js';
import type { Control } from '../probe/control.js';
import { type PortState, scanPorts, usualPorts } from '../probe/scan.js';
import type { SentinelKind } from '../probe/sentinel.js';
import type { Scenario } from './schema.js';

/** Where the probes of a machine go, and how the end of a batch is told. */
export interface ProbedPorts {
  readonly open: number;
  readonly closed: number;
  readonly sentinel: SentinelKind;
}

type Wanted = Pick<Scenario['probes'], 'open' | 'closed'>;

const likely = usualPorts.slice(0, 48);
/** A server may come up long after the network does, on an idle machine of the reference's speed. */
const listenerPatienceMs = 60_000;
const roundMs = 300;
const spareClosed = [81, 1, 9, 4, 60_999];

/** The open port that is known before an image is booted: the scenario's, or that of an appliance which has others. */
export function knownOpen(
  { appliance }: Pick<BootableImage, 'appliance'>,
  { open }: Wanted,
): number | undefined {
  if (!appliance || appliance.open.includes(open)) return open;
  return appliance.open[0];
}

/**
 * The ports of a booted machine. One that is not ours is looked at: for a listener, where none is known, and for
 * whether it refuses connections to the closed port, since a firewall may swallow them.
 */
export async function probedPorts(
  booted: BootedMachine,
  image: BootableImage,
  wanted: Wanted,
  { slowdown, signal }: { slowdown: number; signal: AbortSignal },
): Promise<ProbedPorts> {
  const { appliance } = image;
  if (!appliance) return { ...wanted, sentinel: sentinelKindOf(image) };
  const { control } = booted;
  const scan = scanner(control, slowdown, signal);
  const open =
    knownOpen(image, wanted) ?? (await firstListener(scan, listenerPatienceMs * slowdown)) ?? wanted.open;
  const states = await scan([...new Set([wanted.closed, ...spareClosed])].filter((port) => port !== open));
  const closed = [...states].find(([, state]) => state === 'closed')?.[0];
  if (closed !== undefined) return { open, closed, sentinel: 'syn' };
  const answersPing = await control.answersPing(roundMs * slowdown);
  return { open, closed: wanted.closed, sentinel: answersPing ? 'ping' : 'arp' };
}

export type Scan = (ports: readonly number[]) => Promise<ReadonlyMap<number, PortState>>;

/** Looks at ports of a machine, with patience for a host that is so much slower than the reference. */
export function scanner(control: Control, slowdown: number, signal: AbortSignal): Scan {
  return (ports) => scanPorts(control, ports, { roundMs: roundMs * slowdown, signal });
}

/** The likeliest port with a listener; undefined when there is none in time. */
export async function firstListener(scan: Scan, slowdown: number): Promise<number | undefined> {
  const end = performance.now() + listenerPatienceMs * slowdown;
  for (;;) {
    const isLast = performance.now() >= end;
    const states = await scan(isLast ? usualPorts : likely);
    const open = [...states].find(([, state]) => state === 'open')?.[0];
    if (open !== undefined || isLast) return open;
  }
}
