import type { Decision } from '../decision-log.js';
import { type Flow, flowOf, type PacketIdentity } from '../flow.js';
import { type Rewritten, withRewritten } from '../rewritten.js';
import { Follower, type Lanes, type ProberEnd, packetKey, seenAs } from './follow.js';
import { family, type Journey } from './journey.js';

/** What became of one copy of a probe: its own journey and those of what the machine sent back. */
export interface Exchange {
  readonly probe: Journey;
  /** The machine's packets, each from its end of the path on. */
  readonly answers: readonly Journey[];
  /** The journey that ended as the response: an answer, a copy of one, or what a stage made in its place. */
  readonly response: Journey | undefined;
  /** Answers may be missing above: they were lost where a translator's port stood for several probe copies. */
  readonly unsure: boolean;
}

/** The decisions of one path, to be asked about one packet after another. */
export class DecisionIndex {
  readonly byPacket = new Map<string, Decision[]>();
  private readonly answers = new Map<number, Map<string, PacketIdentity>>();
  private readonly renamed = new Map<string, Set<number>>();

  constructor(decisions: Iterable<Decision>) {
    for (const decision of decisions) {
      const { direction, kind, action, copy, stage, value, proberAddress } = decision;
      const key = packetKey(direction, decision);
      entry(this.byPacket, key, () => []).push(decision);
      if (direction === 'reverse' && copy === 0)
        entry(this.answers, proberAddress, () => new Map()).set(key, decision);
      else if (direction === 'forward' && kind === 'nat' && action === 'set')
        entry(this.renamed, `${stage} ${value}`, () => new Set()).add(proberAddress);
    }
  }

  /** Packets that the machine sent to an address and some stage decided about. */
  answersTo(address: number): PacketIdentity[] {
    return [...(this.answers.get(address)?.values() ?? [])];
  }

  isDropped(answer: PacketIdentity): boolean {
    const decisions = this.byPacket.get(packetKey('reverse', answer)) ?? [];
    return decisions.some(({ action }) => action === 'drop');
  }

  /** True where a translator gave one port to several addresses, one after another. */
  isShared(stage: number, port: number): boolean {
    return (this.renamed.get(`${stage} ${port}`)?.size ?? 0) > 1;
  }
}

/**
 * Follows a probe copy from its frame as it was sent, and its answers, of which one came as `response`, if any did.
 * Throws ForeignDecision where the decisions are not about this frame.
 */
export function followExchange(
  lanes: Lanes,
  log: DecisionIndex,
  sent: Uint8Array,
  response: Uint8Array | undefined,
): Exchange {
  const follower = new Follower(lanes, log.byPacket);
  const probe = follower.probe(sent);
  const ends = [...follower.ends].sort(([a], [b]) => a - b);
  const nearest = ends.at(-1)![1];
  const { identities, unsure } = answersAt(log, ends);
  const made = response && endingAs(probe, response);
  const answers: Journey[] = [];
  let found = made;
  for (const identity of identities.values()) {
    const seen = seenAs(identity, nearest);
    const blind = follower.answer(seen, undefined);
    const began = response && !found ? origins(blind, response) : [];
    const sighted = began.map((frame) => follower.answer(seen, frame));
    const fitting = sighted.find((one) => endingAs(one, response!));
    if (fitting) found = endingAs(fitting, response!);
    answers.push(fitting ?? blind);
  }
  if (response && !found) {
    found = follower.answer(seenAs(unseen(identities, flowOf(response, 'reverse')), nearest), response);
    answers.push(found);
  }
  return { probe, answers, response: found, unsure };
}

/** Answers under the probe's own address, as the prober's end of the path knows them, those lost on the way included. */
function answersAt(log: DecisionIndex, ends: readonly (readonly [stage: number, end: ProberEnd])[]) {
  const identities = new Map<string, PacketIdentity>();
  const own = ends[0]![1];
  let unsure = false;
  const add = (identity: PacketIdentity) => identities.set(packetKey('reverse', identity), identity);
  for (const [index, [stage, { address, port }]] of ends.entries())
    for (const identity of log.answersTo(address)) {
      if (index === 0) add(identity);
      else if (!log.isDropped(identity) || identities.has(packetKey('reverse', seenAs(identity, own))))
        continue;
      else if (identity.proberPort === port && !log.isShared(stage, port)) add(seenAs(identity, own));
      else if (identity.proberPort === port || identity.proberPort === 0) unsure = true;
    }
  if (ends.length === 1)
    for (const identity of [...identities.values()])
      for (let ordinal = 0; ordinal < identity.ordinal; ordinal++) add({ ...identity, ordinal });
  const inOrder = [...identities].sort(([, a], [, b]) => b.protocol - a.protocol || a.ordinal - b.ordinal);
  return { identities: new Map(inOrder), unsure };
}

/** The next packet of a flow: one of which no stage decided anything. */
function unseen(identities: ReadonlyMap<string, PacketIdentity>, flow: Flow): PacketIdentity {
  const same = (one: PacketIdentity) =>
    one.protocol === flow.protocol &&
    one.proberPort === flow.proberPort &&
    one.machinePort === flow.machinePort;
  const ordinals = [...identities.values()].filter(same).map(({ ordinal }) => ordinal);
  return { ...flow, ordinal: Math.max(-1, ...ordinals) + 1, copy: 0 };
}

/** The first of a family that ended as the response: what stages make goes on before the packet itself. */
function endingAs(journey: Journey, response: Uint8Array): Journey | undefined {
  for (const one of journey.offspring) {
    const found = endingAs(one, response);
    if (found) return found;
  }
  return endsAs(journey, response) ? journey : undefined;
}

function endsAs({ direction, end, left }: Journey, response: Uint8Array): boolean {
  return (
    direction === 'reverse' && end === 'delivered' && left !== undefined && Buffer.from(left).equals(response)
  );
}

/** What an answer was when the machine sent it, if it or a copy of it ended as the response: every possibility. */
function origins(answer: Journey, response: Uint8Array): Uint8Array[] {
  return family(answer)
    .filter(
      ({ direction, end, origin }) => direction === 'reverse' && end === 'delivered' && origin !== 'made',
    )
    .map(({ rewrites }) => undone(response, rewrites))
    .filter((frame) => frame !== undefined);
}

function undone(frame: Uint8Array, rewrites: readonly Rewritten[]): Uint8Array | undefined {
  return rewrites.reduceRight<Uint8Array | undefined>(
    (at, { before, after }) => at && withRewritten(at, { before: after, after: before }),
    frame,
  );
}

function entry<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
