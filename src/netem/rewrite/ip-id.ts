import { ipv4Field, ipv4Identification } from '../../packet/ipv4.js';
import type { PathPacket, Stage, StageActions } from '../stage.js';
import { ip, isFragment, patchIp16, rewriting } from './edit.js';

export interface IpIdSpec {
  readonly kind: 'ip-id';
  readonly to: 'zero' | 'randomise' | 'increment';
}

function next(to: IpIdSpec['to'], { position, ordinal }: PathPacket, actions: StageActions): number {
  switch (to) {
    case 'zero':
      return 0;
    case 'randomise':
      return Math.floor(actions.random(0) * 0x1_0000);
    case 'increment':
      return (position + ordinal) & 0xffff;
  }
}

/**
 * Rewrites the identification of packets that are not fragments: `randomise` is pf's `scrub random-id`, `zero`
 * what RFC 6864 section 4 allows for packets that cannot be fragmented. `increment` is one counter for all, as
 * of a box that sends in its own name; it counts along the sequence of probes, so that it is reproducible.
 */
export function ipId({ to }: IpIdSpec): Stage {
  return rewriting('ip-id', `ip-id ${to}`, (packet, actions) => {
    const { frame } = packet;
    if (isFragment(frame)) return undefined;
    const value = next(to, packet, actions);
    if (value === ipv4Identification(frame, ip)) return undefined;
    patchIp16(frame, ipv4Field.identification, value);
    return value;
  });
}
