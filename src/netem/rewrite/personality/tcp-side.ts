import { decodeFrame, type Frame } from '../../../packet/frame.js';
import { ipv4Field, ipv4Flags } from '../../../packet/ipv4.js';
import { tcpDestinationPort, tcpFlags, tcpSequence } from '../../../packet/tcp.js';
import { tcpFlag } from '../../../packet/tcp-flags.js';
import { type Flow, flowOf } from '../../flow.js';
import type { PathPacket, StageActions } from '../../stage.js';
import { hasRightChecksums } from '../bad-checksum.js';
import { ip, patchIp, patchIp16 } from '../edit.js';
import { FlowTable } from '../flow-table.js';
import { nearestSyn, segmentClass } from './classify.js';
import { fromMachine, type Joined, joined, onlyOffered, toMachine, withholdOptions } from './connection.js';
import { type PersonalityState, randomOf } from './state.js';
import { tcpAnswer, withDontFragment } from './tcp-answer.js';
import { type AnsweredClass, answeredClasses, type TcpTrait, type Trait } from './traits.js';

/** Who answers what belongs to no connection: the machine where stacks agree to answer, or nobody but the personality. */
export type Answers = 'rewritten' | 'own';

/** A segment that went to the machine, and what was made of the answer. */
interface Asked {
  readonly probe: Frame;
  /** What its SYN-ACK is to be like. */
  readonly syn: Trait<TcpTrait>;
  /** Of the connection that the SYN-ACK made. */
  shown: { readonly number: number; readonly isn: number | undefined; translation: Joined } | undefined;
}

const { syn, ack, rst } = tcpFlag;
/** Flags that no two stacks are sure to answer alike. */
const odd: readonly AnsweredClass[] = ['open-null', 'open-odd', 'closed-odd'];
/** Flows that wait for an answer or are connections. */
const mostFlows = 8192;

/** The TCP of a personality: answers in its name, and connections that go on as they began. */
export class TcpSide {
  private readonly flows = new FlowTable<Asked>(mostFlows);
  private readonly open: Set<number>;

  constructor(
    private readonly answers: Answers,
    open: readonly number[],
  ) {
    this.open = new Set(open);
  }

  forward(packet: PathPacket, tcp: number, state: PersonalityState, actions: StageActions): void {
    const { frame } = packet;
    const flow = flowOf(frame, 'forward');
    const known = this.flows.get(flow);
    const flags = tcpFlags(frame, tcp);
    const isSyn = (flags & (syn | ack | rst)) === syn;
    if (known?.shown && !isSyn) {
      if (toMachine(frame, tcp, known.shown.translation)) actions.note('relay', known.shown.number);
      if (flags & rst) this.flows.delete(flow);
      actions.pass();
      return;
    }
    const kind = segmentClass(flags, this.open.has(tcpDestinationPort(frame, tcp)));
    const isAgain = known && isSyn && known.probe.tcp!.sequence === tcpSequence(frame, tcp);
    if (kind === undefined || isAgain) {
      const options = isAgain && typeof known.syn === 'object' ? known.syn.options : undefined;
      if (options && withholdOptions(frame, tcp, options)) actions.note('withhold', 1);
      actions.pass();
      return;
    }
    const probe = decodeFrame(frame.slice());
    if (kind === 'syn' || kind === 'ecn-syn') {
      this.ask(packet, tcp, flow, { probe, syn: synTrait(state, probe, kind), shown: undefined }, actions);
      return;
    }
    const trait = state.traits.segments[kind];
    if (trait !== undefined && this.answersItself(kind) && hasRightChecksums(frame)) {
      if (trait !== 'silent') {
        const id = state.ids.next(kind.startsWith('open') ? 'open' : 'closed');
        const answerState = { id, isn: undefined, clock: undefined, random: randomOf(actions, flow) };
        actions.emit('reverse', tcpAnswer(probe, trait, answerState, undefined));
      }
      actions.drop();
      return;
    }
    // It may be a SYN to a port that is open, and nobody knows yet.
    const asSyn = kind === 'closed-syn' ? synTrait(state, probe, 'syn') : undefined;
    this.ask(packet, tcp, flow, { probe, syn: asSyn, shown: undefined }, actions);
  }

  reverse(packet: PathPacket, tcp: number, state: PersonalityState, actions: StageActions): void {
    const { frame } = packet;
    const flow = flowOf(frame, 'reverse');
    const asked = this.flows.get(flow);
    const flags = tcpFlags(frame, tcp);
    const isSynAck = (flags & (syn | ack | rst)) === (syn | ack);
    if (!asked) actions.pass();
    else if (isSynAck) this.answerSyn(packet, flow, asked, state, actions);
    else if (asked.shown) this.relay(packet, tcp, flow, asked, state, actions);
    else this.answerOther(packet, flow, asked, state, actions);
  }

  private answersItself(kind: AnsweredClass): boolean {
    return this.answers === 'own' || odd.includes(kind);
  }

  private ask(packet: PathPacket, tcp: number, flow: Flow, asked: Asked, actions: StageActions): void {
    this.flows.set(flow, asked);
    const { syn: trait } = asked;
    if (typeof trait === 'object' && trait.options && withholdOptions(packet.frame, tcp, trait.options))
      actions.note('withhold', 1);
    actions.pass();
  }

  private answerSyn(
    packet: PathPacket,
    flow: Flow,
    asked: Asked,
    state: PersonalityState,
    actions: StageActions,
  ): void {
    const own = decodeFrame(packet.frame.slice());
    const { probe, syn: trait } = asked;
    this.open.add(own.tcp!.sourcePort);
    if (trait === undefined || trait === 'silent') {
      if (trait) actions.drop();
      else actions.pass();
      return;
    }
    const first = asked.shown === undefined;
    const number = asked.shown?.number ?? state.connection();
    const isn = first ? state.sequence?.next() : asked.shown?.isn;
    const answerState = {
      ...{ id: state.ids.next('open'), isn, random: randomOf(actions, flow) },
      clock: state.clockAt(actions.elapsed(), number),
    };
    packet.frame = tcpAnswer(probe, trait, answerState, own);
    if (first) {
      const translation = joined(own.tcp!, decodeFrame(packet.frame).tcp!);
      asked.shown = { number, isn, translation };
    }
    actions.note('set', answeredClasses.length);
    actions.pass();
  }

  private relay(
    packet: PathPacket,
    tcp: number,
    flow: Flow,
    { shown, syn: trait }: Asked,
    state: PersonalityState,
    actions: StageActions,
  ): void {
    const { frame } = packet;
    fromMachine(frame, tcp, shown!.translation);
    if (typeof trait === 'object') {
      const { ttl, dontFragment } = trait;
      if (ttl !== undefined) patchIp(frame, ipv4Field.ttl, ttl);
      const flags = ipv4Flags(frame, ip);
      const rest = frame[ip + ipv4Field.flagsFragment]! & 0x1f;
      patchIp(frame, ipv4Field.flagsFragment, (withDontFragment(flags, dontFragment) << 5) | rest);
      const id = state.ids.next('open');
      if (id !== undefined) patchIp16(frame, ipv4Field.identification, id);
    }
    actions.note('relay', shown!.number);
    if (tcpFlags(frame, tcp) & rst) this.flows.delete(flow);
    actions.pass();
  }

  private answerOther(
    packet: PathPacket,
    flow: Flow,
    { probe }: Asked,
    state: PersonalityState,
    actions: StageActions,
  ): void {
    const asked = probe.tcp!;
    const known = segmentClass(asked.flags, this.open.has(asked.destinationPort));
    // A port that answers a SYN by anything but a SYN-ACK is closed.
    const kind = known === 'syn' || known === 'ecn-syn' ? 'closed-syn' : known!;
    const trait = state.traits.segments[kind];
    if (trait === 'silent') {
      actions.drop();
      return;
    }
    if (trait) {
      const id = state.ids.next(kind.startsWith('open') ? 'open' : 'closed');
      const own = decodeFrame(packet.frame.slice());
      const answerState = { id, isn: undefined, clock: undefined, random: randomOf(actions, flow) };
      packet.frame = tcpAnswer(probe, trait, answerState, own);
      actions.note('set', answeredClasses.indexOf(kind));
    }
    actions.pass();
  }
}

/** What answers a SYN; without options that it did not offer, unless it is the very one that was asked of the other. */
function synTrait({ traits }: PersonalityState, probe: Frame, kind: 'syn' | 'ecn-syn'): Trait<TcpTrait> {
  const syns = kind === 'ecn-syn' && traits.ecnSyn ? [traits.ecnSyn] : traits.syns;
  const { syn: nearest, isSame } = nearestSyn(syns, probe.tcp!.options);
  const trait = nearest?.trait;
  if (typeof trait !== 'object' || isSame || !trait.options) return trait;
  return { ...trait, options: onlyOffered(trait.options, probe) };
}
