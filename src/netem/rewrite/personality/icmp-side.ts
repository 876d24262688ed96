import { readUint16 } from '../../../packet/bytes.js';
import { decodeFrame, type Frame } from '../../../packet/frame.js';
import {
  checkIcmpv4Length,
  icmpv4Code,
  icmpv4Identifier,
  icmpv4Sequence,
  icmpv4Type,
  icmpv4TypeOf,
} from '../../../packet/icmpv4.js';
import { ipProtocol, ipv4Destination, ipv4Source } from '../../../packet/ipv4.js';
import type { Flow } from '../../flow.js';
import type { PathPacket, StageActions } from '../../stage.js';
import { hasRightChecksums } from '../bad-checksum.js';
import { ip, packetEnd } from '../edit.js';
import { quoteOf } from '../endpoint.js';
import { FlowTable } from '../flow-table.js';
import { echoAnswer, unreachableAnswer } from './icmp-answer.js';
import type { PersonalityState } from './state.js';
import type { Answers } from './tcp-side.js';

interface Asked {
  readonly probe: Frame;
  readonly bytes: Uint8Array;
}

const portUnreachable = 3;
const mostFlows = 4096;

/** What notes say was set. */
const set = { unreachable: 10, echo: 11 } as const;

/** The ICMP of a personality: errors for datagrams to closed ports, and answers to echo requests. */
export class IcmpSide {
  private readonly asked = new FlowTable<Asked>(mostFlows);

  constructor(private readonly answers: Answers) {}

  /** @param at where the UDP header lies */
  datagram(packet: PathPacket, at: number, state: PersonalityState, actions: StageActions): void {
    const { frame } = packet;
    const key = {
      ...{ proberAddress: ipv4Source(frame, ip), protocol: ipProtocol.udp },
      ...{ proberPort: readUint16(frame, at), machinePort: readUint16(frame, at + 2) },
    };
    this.take(packet, key, state.traits.unreachable, actions, ({ probe, bytes }) =>
      unreachableAnswer(probe, bytes, state.traits.unreachable as object, state.ids.next('icmp'), undefined),
    );
  }

  /** @param at where the ICMP header lies; other messages than echo requests pass */
  request(packet: PathPacket, at: number, state: PersonalityState, actions: StageActions): void {
    const { frame } = packet;
    if (icmpv4TypeOf(frame, at) !== icmpv4Type.echoRequest) {
      actions.pass();
      return;
    }
    const key = echoKey(frame, at, ipv4Source(frame, ip));
    this.take(packet, key, state.traits.echo, actions, ({ probe }) =>
      echoAnswer(probe, state.traits.echo as object, state.ids.next('icmp'), undefined),
    );
  }

  /** What the machine says by ICMP; `at` is where its header lies. */
  reverse(packet: PathPacket, at: number, state: PersonalityState, actions: StageActions): void {
    const { frame } = packet;
    const type = icmpv4TypeOf(frame, at);
    const own = () => decodeFrame(frame.slice());
    if (type === icmpv4Type.echoReply) {
      const asked = this.asked.get(echoKey(frame, at, ipv4Destination(frame, ip)));
      const { echo } = state.traits;
      this.replace(packet, asked && echo, actions, set.echo, () =>
        echoAnswer(asked!.probe, echo as object, state.ids.next('icmp'), own()),
      );
      return;
    }
    const quote = icmpv4Code(frame, at) === portUnreachable ? quoteOf(frame) : undefined;
    const asked =
      quote && type === icmpv4Type.destinationUnreachable && quote.transport.protocol === ipProtocol.udp
        ? this.asked.get({
            ...{ proberAddress: ipv4Destination(frame, ip), protocol: ipProtocol.udp },
            proberPort: readUint16(frame, quote.transport.portAt.source),
            machinePort: readUint16(frame, quote.transport.portAt.destination),
          })
        : undefined;
    const { unreachable } = state.traits;
    this.replace(packet, asked && unreachable, actions, set.unreachable, () =>
      unreachableAnswer(asked!.probe, asked!.bytes, unreachable as object, state.ids.next('icmp'), own()),
    );
  }

  /** A question on its way to the machine: answered here, or remembered until the machine has answered. */
  private take(
    { frame }: PathPacket,
    key: Flow,
    trait: object | 'silent' | undefined,
    actions: StageActions,
    answer: (asked: Asked) => Uint8Array,
  ): void {
    const bytes = frame.slice();
    const asked = { probe: decodeFrame(bytes), bytes };
    if (this.answers === 'own' && trait !== undefined && hasRightChecksums(frame)) {
      if (trait !== 'silent') actions.emit('reverse', answer(asked));
      actions.drop();
      return;
    }
    this.asked.set(key, asked);
    actions.pass();
  }

  private replace(
    packet: PathPacket,
    trait: object | 'silent' | undefined,
    actions: StageActions,
    noted: number,
    answer: () => Uint8Array,
  ): void {
    if (trait === 'silent') {
      actions.drop();
      return;
    }
    if (trait) {
      packet.frame = answer();
      actions.note('set', noted);
    }
    actions.pass();
  }
}

/** An echo has an identifier and a number in place of ports. */
function echoKey(frame: Uint8Array, at: number, proberAddress: number): Flow {
  const [proberPort, machinePort] = [icmpv4Identifier(frame, at), icmpv4Sequence(frame, at)];
  return { proberAddress, proberPort, machinePort, protocol: ipProtocol.icmp };
}

/** Where the ICMP header of a frame lies, whole; or 0. */
export function icmpAt(frame: Uint8Array, at: number): number {
  return at > 0 && checkIcmpv4Length(frame, at, packetEnd(frame)) ? at : 0;
}
