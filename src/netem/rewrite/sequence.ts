import type { StagePair, StageProcess } from '../stage.js';
import { tcpAt } from './edit.js';
import { type Side, shiftNumbers } from './shift.js';

export interface SequenceSpec {
  readonly kind: 'sequence';
  /** Added to sequence numbers modulo 2^32, and taken off what acknowledges them. */
  readonly offset: number;
  readonly of: Side;
}

/**
 * Shifts sequence numbers by a constant, as a proxy does that joined two connections (a load balancer after its
 * own handshake, a rewriting gateway that made a segment longer): every segment, in both directions alike.
 */
export function sequence({ offset, of }: SequenceSpec): StagePair {
  const prober = of === 'machine' ? 0 : offset;
  const machine = of === 'prober' ? 0 : offset;
  const shifting =
    (own: number, peer: number): StageProcess =>
    ({ frame }, actions) => {
      const tcp = tcpAt(frame);
      if (tcp > 0 && shiftNumbers(frame, tcp, own, peer)) actions.note('shift', own);
      actions.pass();
    };
  return {
    kind: 'sequence',
    text: `sequence offset ${offset} of ${of}`,
    forward: shifting(prober, machine),
    reverse: shifting(machine, prober),
  };
}
