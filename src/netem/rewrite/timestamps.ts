import { tcpFlags } from '../../packet/tcp.js';
import { tcpFlag } from '../../packet/tcp-flags.js';
import { tcpOptionKind } from '../../packet/tcp-options.js';
import { type Flow, flowOf } from '../flow.js';
import type { StageActions, StagePair, StageProcess } from '../stage.js';
import { shiftTcp32, tcpAt } from './edit.js';
import type { Side } from './shift.js';
import { optionValueAt } from './tcp-option-walk.js';

export interface TimestampsSpec {
  readonly kind: 'timestamps';
  /** Added to TSval modulo 2^32, and taken off its echo; `random` draws one for each flow and side. */
  readonly offset: number | 'random';
  readonly of: Side;
}

/**
 * Shifts the clock that timestamps show (RFC 7323 section 5.4), so that it does not tell an uptime or that two
 * addresses are one machine: pf's `scrub reassemble tcp` and `modulate` (pf.conf(5)). The echo is translated
 * back, where ACK says that it is one.
 */
export function timestamps({ offset, of }: TimestampsSpec): StagePair {
  const shiftOf = (side: 'prober' | 'machine', flow: Flow, actions: StageActions) => {
    if (of !== 'both' && of !== side) return 0;
    if (offset !== 'random') return offset;
    return Math.floor(actions.flowRandom(flow, side === 'prober' ? 0 : 1) * 0x1_0000_0000);
  };
  const process: StageProcess = ({ frame }, actions) => {
    const tcp = tcpAt(frame);
    const at = tcp === 0 ? 0 : optionValueAt(frame, tcp, tcpOptionKind.timestamps, 10);
    if (at === 0) {
      actions.pass();
      return;
    }
    const flow = flowOf(frame, actions.direction);
    const [side, peer] =
      actions.direction === 'forward' ? (['prober', 'machine'] as const) : (['machine', 'prober'] as const);
    const [own, theirs] = [shiftOf(side, flow, actions), shiftOf(peer, flow, actions)];
    const echoes = (tcpFlags(frame, tcp) & tcpFlag.ack) !== 0 && theirs !== 0;
    shiftTcp32(frame, tcp, at, own);
    if (echoes) shiftTcp32(frame, tcp, at + 4, -theirs);
    if (own !== 0 || echoes) actions.note('shift', own);
    actions.pass();
  };
  return {
    kind: 'timestamps',
    text: `timestamps offset ${offset} of ${of}`,
    forward: process,
    reverse: process,
  };
}
