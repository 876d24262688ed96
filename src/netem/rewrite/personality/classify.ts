import { tcpFlag } from '../../../packet/tcp-flags.js';
import type { TcpOption } from '../../../packet/tcp-options.js';
import type { SegmentClass, SynTrait } from './traits.js';

const { syn, rst, ack, ece, cwr } = tcpFlag;
const judged = tcpFlag.fin | syn | rst | tcpFlag.psh | ack | tcpFlag.urg;

/** What a segment that belongs to no connection is by its flags; undefined for a RST, which nobody answers. */
export function segmentClass(flags: number, isOpen: boolean): SegmentClass | undefined {
  if (flags & rst) return undefined;
  if (!isOpen) return flags & ack ? 'closed-ack' : flags & syn ? 'closed-syn' : 'closed-odd';
  if (flags & ack) return 'open-ack';
  if ((flags & judged) === syn) return flags & ece && flags & cwr ? 'ecn-syn' : 'syn';
  return flags & syn ? 'open-odd' : 'open-null';
}

/** Kind and value of each option, but for the times of timestamps. */
const signature = (options: readonly TcpOption[]) =>
  options
    .map((option) => {
      if (option.type === 'mss') return `mss ${option.value}`;
      return option.type === 'windowScale' ? `scale ${option.shift}` : option.type;
    })
    .join(' ');

const mssOf = (options: readonly TcpOption[]) => {
  const found = options.find(({ type }) => type === 'mss');
  return found?.type === 'mss' ? found.value : 536;
};

/** Options that are in use only where both sides offer them (RFC 7323, RFC 2018). */
export const negotiated = ['windowScale', 'timestamps', 'sackPermitted'] as const;

export const has = (options: readonly { readonly type: string }[], wanted: string) =>
  options.some(({ type }) => type === wanted);

function distance(a: readonly TcpOption[], b: readonly TcpOption[]): number {
  const differing = negotiated.filter((type) => has(a, type) !== has(b, type)).length;
  return 100 * differing + Math.abs(Math.log2((mssOf(a) + 1) / (mssOf(b) + 1)));
}

/** The SYN of a personality that is nearest to one with these options, and whether it has the very same. */
export function nearestSyn(
  syns: readonly SynTrait[],
  options: readonly TcpOption[],
): { readonly syn: SynTrait | undefined; readonly isSame: boolean } {
  const same = syns.find(({ asked }) => signature(asked) === signature(options));
  if (same) return { syn: same, isSame: true };
  const [first, ...others] = syns;
  const nearer = (best: SynTrait, one: SynTrait) =>
    distance(one.asked, options) < distance(best.asked, options) ? one : best;
  return { syn: first && others.reduce(nearer, first), isSame: false };
}
