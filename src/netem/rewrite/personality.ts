import { ipProtocol } from '../../packet/ipv4.js';
import { udpHeaderLength } from '../../packet/udp.js';
import type { PathPacket, StageActions, StagePair } from '../stage.js';
import { isFragment, packetEnd, tcpAt, transportAt } from './edit.js';
import { IcmpSide, icmpAt } from './personality/icmp-side.js';
import { type PersonalityDraw, PersonalityState } from './personality/state.js';
import { type Answers, TcpSide } from './personality/tcp-side.js';
import type { Personality } from './personality/traits.js';

export interface PersonalitySpec {
  readonly kind: 'personality';
  /** Whom the machine passes for, for people. */
  readonly name: string;
  /** `rewritten`: the machine's answers made over, and odd flags answered here; `own`: only SYNs get to the machine. */
  readonly answers: Answers;
  /** Ports that count as open from the start; with `rewritten` others do from their first SYN-ACK on. */
  readonly open: readonly number[];
  /** Draws what the personality leaves to chance, once for each machine. */
  readonly drawn: (draw: PersonalityDraw) => Personality;
}

/**
 * Lets a machine pass for another: its answers get the fields, options, numbers and silences of a personality, as
 * those of IP Personality and of honeyd do (Provos, USENIX Security 2004). Connections are translated as a NAT would, so that
 * they work; what the other leaves out is withheld from the machine, which then does not agree to it either.
 */
export function personality({ name, answers, open, drawn }: PersonalitySpec): StagePair {
  const tcpSide = new TcpSide(answers, open);
  const icmpSide = new IcmpSide(answers);
  let state: PersonalityState | undefined;
  const process = (packet: PathPacket, actions: StageActions) => {
    const { frame } = packet;
    state ??= new PersonalityState(drawn, actions);
    const isForward = actions.direction === 'forward';
    const [tcp, udp] = [tcpAt(frame), transportAt(frame, ipProtocol.udp)];
    const icmp = icmpAt(frame, transportAt(frame, ipProtocol.icmp));
    if (isFragment(frame)) actions.pass();
    else if (tcp > 0) tcpSide[isForward ? 'forward' : 'reverse'](packet, tcp, state, actions);
    else if (isForward && udp > 0 && packetEnd(frame) - udp >= udpHeaderLength)
      icmpSide.datagram(packet, udp, state, actions);
    else if (icmp > 0) icmpSide[isForward ? 'request' : 'reverse'](packet, icmp, state, actions);
    else actions.pass();
  };
  return {
    kind: 'personality',
    makes: 'packets',
    text: `personality ${name}${answers === 'own' ? ', own answers' : ''}`,
    forward: process,
    reverse: process,
  };
}
