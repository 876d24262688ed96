import type { Stage, StagePair } from '../stage.js';
import { type BadChecksumSpec, badChecksum } from './bad-checksum.js';
import { type DfSpec, df } from './df.js';
import { type EcnSpec, ecn } from './ecn.js';
import { type FragmentsSpec, fragments } from './fragments.js';
import { type IcmpFilterSpec, icmpFilter } from './icmp-filter.js';
import { type IcmpRateSpec, icmpRate } from './icmp-rate.js';
import { type IpIdSpec, ipId } from './ip-id.js';
import { type IsnSpec, isn } from './isn.js';
import { type MssSpec, mss } from './mss.js';
import { type MtuSpec, mtu } from './mtu.js';
import { type NatSpec, nat } from './nat.js';
import { type PersonalitySpec, personality } from './personality.js';
import { type ReorderOptionsSpec, reorderOptions } from './reorder-options.js';
import { type ReservedBitsSpec, reservedBits } from './reserved-bits.js';
import { type RstInjectSpec, rstInject } from './rst-inject.js';
import { type SequenceSpec, sequence } from './sequence.js';
import { type StatefulFirewallSpec, statefulFirewall } from './stateful-firewall.js';
import { type StripOptionSpec, stripOption } from './strip-option.js';
import { type StripPayloadSpec, stripPayload } from './strip-payload.js';
import { type SynProxySpec, synProxy } from './syn-proxy.js';
import { type TimestampsSpec, timestamps } from './timestamps.js';
import { type DscpSpec, dscp, type TosSpec, tos } from './tos.js';
import { type TtlSpec, ttl } from './ttl.js';
import { type UrgentSpec, urgent } from './urgent.js';
import { type WindowSpec, window } from './window.js';
import { type WindowScaleSpec, windowScale } from './window-scale.js';

/** A rewrite that looks at one packet at a time and so can stand in either direction. */
export type RewriteSpec =
  | BadChecksumSpec
  | DfSpec
  | DscpSpec
  | EcnSpec
  | IcmpFilterSpec
  | FragmentsSpec
  | IcmpRateSpec
  | IpIdSpec
  | MtuSpec
  | RstInjectSpec
  | MssSpec
  | ReorderOptionsSpec
  | ReservedBitsSpec
  | StripOptionSpec
  | StripPayloadSpec
  | TosSpec
  | TtlSpec
  | UrgentSpec
  | WindowScaleSpec
  | WindowSpec;

type SpecOf<Kind> = Extract<RewriteSpec, { readonly kind: Kind }>;

const makers: { readonly [Kind in RewriteSpec['kind']]: (spec: SpecOf<Kind>) => Stage } = {
  'bad-checksum': badChecksum,
  df,
  dscp,
  ecn,
  'icmp-filter': icmpFilter,
  fragments,
  'icmp-rate': icmpRate,
  'ip-id': ipId,
  mtu,
  'rst-inject': rstInject,
  mss,
  'reorder-options': reorderOptions,
  'reserved-bits': reservedBits,
  'strip-option': stripOption,
  'strip-payload': stripPayload,
  tos,
  ttl,
  urgent,
  'window-scale': windowScale,
  window,
};

export function createRewrite(spec: RewriteSpec): Stage {
  return (makers[spec.kind] as (spec: RewriteSpec) => Stage)(spec);
}

export const rewriteKinds = Object.keys(makers) as readonly RewriteSpec['kind'][];

/** A rewrite that keeps state across both directions, and so must stand in both. */
export type PairedRewriteSpec =
  | IsnSpec
  | NatSpec
  | PersonalitySpec
  | SequenceSpec
  | StatefulFirewallSpec
  | SynProxySpec
  | TimestampsSpec;

type PairedSpecOf<Kind> = Extract<PairedRewriteSpec, { readonly kind: Kind }>;

const pairMakers: {
  readonly [Kind in PairedRewriteSpec['kind']]: (spec: PairedSpecOf<Kind>) => StagePair;
} = {
  isn,
  nat,
  personality,
  sequence,
  'stateful-firewall': statefulFirewall,
  'syn-proxy': synProxy,
  timestamps,
};

export const pairedRewriteKinds: ReadonlySet<string> = new Set(Object.keys(pairMakers));

export function isPairedRewrite(spec: { readonly kind: string }): spec is PairedRewriteSpec {
  return pairedRewriteKinds.has(spec.kind);
}

export function createPairedRewrite(spec: PairedRewriteSpec): StagePair {
  return (pairMakers[spec.kind] as (spec: PairedRewriteSpec) => StagePair)(spec);
}
