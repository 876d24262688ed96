import { tcpFlags } from '../../packet/tcp.js';
import { tcpFlag } from '../../packet/tcp-flags.js';
import { type Flow, flowOf } from '../flow.js';
import type { PathPacket, StageActions, StagePair } from '../stage.js';
import { tcpAt } from './edit.js';
import { FlowTable } from './flow-table.js';
import { type Side, shiftNumbers } from './shift.js';

export interface IsnSpec {
  readonly kind: 'isn';
  /** Whose initial sequence numbers are replaced. */
  readonly randomise: Side;
}

/** What is added to each side's sequence numbers; 0 until its SYN was seen. */
interface Shifts {
  prober: number;
  machine: number;
}

const draws = { prober: 0, machine: 1 } as const;

function drawn(actions: StageActions, flow: Flow, side: keyof Shifts): number {
  return 1 + Math.floor(actions.flowRandom(flow, draws[side]) * 0xffff_ffff);
}

/**
 * Replaces initial sequence numbers by random ones and translates all that follows, as Cisco's ASA does by
 * default and pf's `modulate state` (pf.conf(5)): weak generators behind the box are then hidden. A side's
 * numbers are translated from its SYN on; what belongs to no handshake passes as it is.
 */
export function isn({ randomise }: IsnSpec): StagePair {
  const flows = new FlowTable<Shifts>();
  const through = (packet: PathPacket, actions: StageActions) => {
    const { frame } = packet;
    const tcp = tcpAt(frame);
    if (tcp === 0) {
      actions.pass();
      return;
    }
    const flow = flowOf(frame, actions.direction);
    const side = actions.direction === 'forward' ? 'prober' : 'machine';
    const shifts = flows.get(flow) ?? { prober: 0, machine: 0 };
    const isSyn = (tcpFlags(frame, tcp) & (tcpFlag.syn | tcpFlag.rst)) === tcpFlag.syn;
    if (isSyn && (randomise === 'both' || randomise === side)) {
      shifts[side] = drawn(actions, flow, side);
      flows.set(flow, shifts);
    }
    const peer = side === 'prober' ? shifts.machine : shifts.prober;
    if (shiftNumbers(frame, tcp, shifts[side], peer)) actions.note('shift', shifts[side]);
    actions.pass();
  };
  return { kind: 'isn', text: `isn randomise ${randomise}`, forward: through, reverse: through };
}
