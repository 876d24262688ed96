import { ipv4Destination } from '../../packet/ipv4.js';
import type { Decision } from '../decision-log.js';
import { type Direction, type Flow, flowOf, isIpv4Frame, type PacketIdentity } from '../flow.js';
import type { Lane, Site } from '../lane.js';
import { ip } from '../rewrite/edit.js';
import { madeFrame, type Rewritten, withRewritten } from '../rewritten.js';
import type { Deed, Journey, Origin, Visit } from './journey.js';

/** Both directions of a path. */
export type Lanes = Readonly<Record<Direction, Lane>>;

/** The prober's end of a flow as packets carry it somewhere on the path. */
export interface ProberEnd {
  readonly address: number;
  readonly port: number;
}

/** The log says that bytes were rewritten which the packet did not have. */
export class ForeignDecision extends Error {
  constructor(decision: Decision) {
    super(`stage ${decision.stage} (${decision.kind}) rewrote bytes that the packet did not have`);
    this.name = 'ForeignDecision';
  }
}

interface Start {
  readonly direction: Direction;
  readonly next: number;
  readonly identity: PacketIdentity;
  readonly frame: Uint8Array | undefined;
  readonly origin: Origin;
  readonly by?: string | undefined;
  readonly rewrites?: readonly Rewritten[];
}

export function packetKey(direction: Direction, one: PacketIdentity): string {
  const { proberAddress, proberPort, machinePort, protocol, ordinal, copy } = one;
  return `${direction} ${proberAddress}:${proberPort} ${machinePort} ${protocol} ${ordinal}.${copy}`;
}

/** Goes along the path with the packets of one probe copy, by what the decision log says of them. */
export class Follower {
  /** The prober's end as translators renamed it, by the place of the translator; that of the probe comes first. */
  readonly ends = new Map<number, ProberEnd>();
  private readonly made = new Map<string, number>();

  constructor(
    private readonly lanes: Lanes,
    private readonly decisions: ReadonlyMap<string, readonly Decision[]>,
  ) {}

  /** The journey of the probe itself. */
  probe(frame: Uint8Array): Journey {
    const flow = flowOf(frame, 'forward');
    this.ends.set(-1, { address: flow.proberAddress, port: flow.proberPort });
    return this.follow({ direction: 'forward', next: 0, identity: first(flow), frame, origin: 'end' });
  }

  /** The journey of a packet of the machine, of which only the identity need be known. */
  answer(identity: PacketIdentity, frame: Uint8Array | undefined): Journey {
    return this.follow({ direction: 'reverse', next: 0, identity, frame, origin: 'end' });
  }

  private follow(start: Start): Journey {
    const { direction, next, origin, by, frame: began } = start;
    const { sites } = this.lanes[direction];
    let { identity, frame } = start;
    const rewrites = [...(start.rewrites ?? [])];
    const visits: Visit[] = [];
    const offspring: Journey[] = [];
    let dropped = false;
    for (let stage = next; stage < sites.length && !dropped; stage++) {
      const site = sites[stage]!;
      const untranslated =
        site.kind === 'nat' && direction === 'reverse' ? this.untranslated(identity) : undefined;
      let found = untranslated ? this.at(direction, untranslated, stage) : [];
      if (found.length > 0) identity = untranslated!;
      else found = this.at(direction, identity, stage);
      const deeds: Deed[] = [];
      for (const decision of found) {
        const before = frame;
        const rewritten = rewrittenBy(decision);
        if (rewritten) {
          rewrites.push(rewritten);
          frame = frame && rewrittenFrame(frame, rewritten, decision);
        }
        const made = decision.action === 'emit' && frame ? madeFrame(frame, decision.after!) : undefined;
        deeds.push({ action: decision.action, value: decision.value, rewritten, before, after: frame, made });
        const further = { site, stage, direction, identity, frame, rewrites };
        if (decision.action === 'duplicate') offspring.push(this.copied(further));
        if (made) offspring.push(this.madeAbout(further, made));
        dropped ||= decision.action === 'drop';
      }
      visits.push({ stage, kind: site.kind, text: site.text, deeds });
      if (site.kind === 'nat' && direction === 'forward' && !dropped && frame) this.rename(stage, frame);
    }
    const { ordinal } = identity;
    const end = dropped ? 'dropped' : 'delivered';
    return { direction, origin, by, ordinal, began, visits, end, left: frame, rewrites, offspring };
  }

  private at(direction: Direction, identity: PacketIdentity, stage: number): readonly Decision[] {
    const all = this.decisions.get(packetKey(direction, identity)) ?? [];
    return all.filter((one) => one.stage === stage);
  }

  private copied({ site, stage, direction, identity, frame, rewrites }: At): Journey {
    const copy = identity.copy + site.onward[direction].mark;
    const start = { direction, next: stage + 1, frame, rewrites, by: site.text };
    return this.follow({ ...start, identity: { ...identity, copy }, origin: 'copied' });
  }

  private madeAbout({ site, direction, frame }: At, made: Uint8Array): Journey {
    const onward = ipv4Destination(made, ip) === ipv4Destination(frame!, ip);
    const towards = onward ? direction : direction === 'forward' ? 'reverse' : 'forward';
    const { mark, next } = site.onward[towards];
    const flow = flowOf(made, towards);
    const key = packetKey(towards, { ...flow, ordinal: 0, copy: mark });
    const ordinal = this.made.get(key) ?? 0;
    this.made.set(key, ordinal + 1);
    const identity = { ...flow, ordinal, copy: mark };
    return this.follow({ direction: towards, next, identity, frame: made, origin: 'made', by: site.text });
  }

  private rename(stage: number, frame: Uint8Array): void {
    if (!isIpv4Frame(frame)) return;
    const { proberAddress: address, proberPort: port } = flowOf(frame, 'forward');
    this.ends.set(stage, { address, port });
  }

  /** A packet of the way back as it is known beyond the next translator; undefined where there is none. */
  private untranslated(identity: PacketIdentity): PacketIdentity | undefined {
    const ends = [...this.ends].sort(([a], [b]) => a - b).map(([, end]) => end);
    const at = ends.findLastIndex(({ address }) => address === identity.proberAddress);
    const beyond = ends[at - 1];
    return beyond && seenAs(identity, beyond);
  }
}

interface At {
  readonly site: Site;
  readonly stage: number;
  readonly direction: Direction;
  readonly identity: PacketIdentity;
  readonly frame: Uint8Array | undefined;
  readonly rewrites: readonly Rewritten[];
}

function first(flow: Flow): PacketIdentity {
  return { ...flow, ordinal: 0, copy: 0 };
}

/** The identity with another prober's end; without ports (ICMP) it has no port. */
export function seenAs(identity: PacketIdentity, { address, port }: ProberEnd): PacketIdentity {
  const hasPorts = identity.proberPort !== 0 || identity.machinePort !== 0;
  return { ...identity, proberAddress: address, proberPort: hasPorts ? port : 0 };
}

function rewrittenBy({ action, before, after }: Decision): Rewritten | undefined {
  if (action === 'emit') return undefined;
  return before === undefined || after === undefined ? undefined : { before, after };
}

function rewrittenFrame(frame: Uint8Array, rewritten: Rewritten, decision: Decision): Uint8Array {
  const changed = withRewritten(frame, rewritten);
  if (!changed) throw new ForeignDecision(decision);
  return changed;
}
