import type { TcpOption } from '../../packet/tcp-options.js';
import type { SynProxySpec } from './syn-proxy.js';

/** TCP options that a SYN proxy sends in the name of either end. */

/** What the kernel's SYN cookies have room for (net/ipv4/syncookies.c `msstab`). */
const cookieSizes = [536, 1300, 1440, 1460];
/** Bits of the clock that say what was asked for (nf_synproxy_core.c `synproxy_init_timestamp_cookie`). */
const clockBits = { shift: 0x0f, noShift: 0x0f, sack: 0x10, all: 0x3f };

interface Offer {
  readonly mss: number;
  readonly sack: boolean;
  readonly stamp: { readonly value: number; readonly echo: number } | undefined;
  readonly shift: number | undefined;
}

/** In the order in which `synproxy_build_options` writes them. */
function proxyOptions({ mss, sack, stamp, shift }: Offer): TcpOption[] {
  const nop: TcpOption = { type: 'nop' };
  return [
    { type: 'mss', value: mss },
    ...(sack ? [...(stamp ? [] : [nop, nop]), { type: 'sackPermitted' } as const] : stamp ? [nop, nop] : []),
    ...(stamp ? [{ type: 'timestamps', ...stamp } as const] : []),
    ...(shift === undefined ? [] : [nop, { type: 'windowScale', shift } as const]),
  ];
}

function stampOf(options: readonly TcpOption[]) {
  return options.find((option) => option.type === 'timestamps');
}

export function shiftOf(options: readonly TcpOption[]): number | undefined {
  return options.find((option) => option.type === 'windowScale')?.shift;
}

/** What a proxy can take up of a SYN: without timestamps there is nowhere to keep SACK and a window scale. */
function takenUp(spec: SynProxySpec, asked: readonly TcpOption[], stamped: boolean) {
  return {
    sack: stamped && spec.sack && asked.some(({ type }) => type === 'sackPermitted'),
    shift: stamped && spec.windowScale !== undefined ? shiftOf(asked) : undefined,
  };
}

/** Of the SYN-ACK; `random` makes the clock, whose low bits keep what was asked for. */
export function answerOptions(spec: SynProxySpec, asked: readonly TcpOption[], random: number): TcpOption[] {
  const stamp = spec.timestamps ? stampOf(asked) : undefined;
  const { sack, shift } = takenUp(spec, asked, stamp !== undefined);
  const kept =
    (shift === undefined ? clockBits.noShift : shift & clockBits.shift) | (sack ? clockBits.sack : 0);
  const value = ((random & ~clockBits.all) | kept) >>> 0;
  return proxyOptions({
    ...{ mss: spec.mss, sack, shift: shift === undefined ? undefined : spec.windowScale },
    stamp: stamp && { value, echo: stamp.value },
  });
}

/** Of the SYN to the server: what the cookie kept of what was asked for. */
export function openingOptions(
  spec: SynProxySpec,
  asked: readonly TcpOption[],
  returned: readonly TcpOption[],
): TcpOption[] {
  const given = asked.find((option) => option.type === 'mss')?.value ?? 0;
  const mss = cookieSizes.findLast((size) => size <= given) ?? cookieSizes[0]!;
  const stamp = spec.timestamps ? stampOf(returned) : undefined;
  return proxyOptions({
    ...{ mss, stamp: stamp && { value: stamp.value, echo: stamp.echo } },
    ...takenUp(spec, asked, stamp !== undefined),
  });
}
