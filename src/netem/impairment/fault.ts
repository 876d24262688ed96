import { ethernetHeaderLength } from '../../packet/ethernet.js';
import { decodeFrame } from '../../packet/frame.js';
import { ipv4HeaderLength } from '../../packet/ipv4.js';
import type { Predicate } from '../predicate/parse.js';
import type { PathPacket, Stage, StageActions } from '../stage.js';
import { plain } from '../stage.js';

export type FaultAction =
  | { readonly action: 'drop' | 'duplicate' }
  /** Milliseconds, at least 0. */
  | { readonly action: 'hold'; readonly time: number }
  /** Bytes of the IPv4 packet that are left, header included; the header itself stays whole. */
  | { readonly action: 'truncate'; readonly bytes: number };

/** Which packets a fault is for. */
export interface FaultMatch {
  readonly match: Predicate;
  /** Which of the matching packets, from 1; all when left out. */
  readonly nth?: readonly number[] | undefined;
  /**
   * What `nth` counts in: the `path` in this direction, in the order in which packets come, or the `flow`, whose
   * packets have the same number whenever they come. Default: path.
   */
  readonly per?: 'path' | 'flow' | undefined;
}

export type FaultSpec = { readonly kind: 'fault' } & FaultMatch & FaultAction;

function text(spec: FaultSpec): string {
  const which = spec.nth ? ` nth ${spec.nth.join(',')}${spec.per === 'flow' ? ' per flow' : ''}` : '';
  const how =
    spec.action === 'hold' ? ` ${plain(spec.time)}ms` : spec.action === 'truncate' ? ` ${spec.bytes}` : '';
  return `fault ${spec.match.text}${which} ${spec.action}${how}`;
}

function truncate(packet: PathPacket, bytes: number, actions: StageActions): void {
  const { frame } = packet;
  const left = ethernetHeaderLength + Math.max(bytes, ipv4HeaderLength(frame, ethernetHeaderLength));
  if (left >= frame.length) return;
  packet.frame = frame.slice(0, left);
  actions.note('truncate', left - ethernetHeaderLength);
}

/** Does to packets that a predicate fits what it says, without chance; lengths and checksums are not mended. */
export function fault(spec: FaultSpec): Stage {
  const { match, nth, per = 'path' } = spec;
  const chosen = nth && new Set(nth);
  const counts = new Map<string, number>();
  const isChosen = ({ proberAddress, proberPort, machinePort, protocol }: PathPacket) => {
    if (!chosen) return true;
    const key = per === 'path' ? '' : `${proberAddress}:${proberPort}:${machinePort}:${protocol}`;
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    return chosen.has(count);
  };
  return {
    kind: 'fault',
    ...(spec.action === 'duplicate' && { makes: 'copies' as const }),
    text: text(spec),
    process: (packet, actions) => {
      const view = { packet, direction: actions.direction, frame: decodeFrame(packet.frame) };
      if (!match.test(view) || !isChosen(packet)) {
        actions.pass();
        return;
      }
      switch (spec.action) {
        case 'drop':
          actions.drop();
          return;
        case 'hold':
          actions.hold(spec.time);
          return;
        case 'duplicate':
          actions.duplicate();
          break;
        case 'truncate':
          truncate(packet, spec.bytes, actions);
      }
      actions.pass();
    },
  };
}
