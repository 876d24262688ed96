import { z } from 'zod';
import type { PairedRewriteSpec, RewriteSpec } from '../netem/rewrite/index.js';
import { tcpOptionNames } from '../netem/rewrite/tcp-option-walk.js';
import { parseIpv4Address } from '../packet/address.js';
import { icmpv4Type } from '../packet/icmpv4.js';
import { parseTcpFlags } from '../packet/tcp-flags.js';
import { predicate } from './fault-schema.js';
import { pairedRewrites } from './paired-rewrites-schema.js';
import { ipv4Address, named, oneOf, to } from './schema-forms.js';
import { probability } from './units.js';

/** Middlebox rewrites as scenarios write them; each becomes the stage of `src/netem/rewrite` of that name. */

const option = named('a TCP option', tcpOptionNames, 2, 255);
const optionList = z.array(option).min(1);
const dashed = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
const icmpTypes = Object.fromEntries(Object.entries(icmpv4Type).map(([name, type]) => [dashed(name), type]));
const icmp = named('an ICMP type', icmpTypes, 0, 255);

/** Codepoints by name: class selectors, assured and expedited forwarding (RFC 2474, RFC 2597, RFC 3246). */
const dscpNames: Readonly<Record<string, number>> = {
  ...Object.fromEntries([...Array(8).keys()].map((index) => [`cs${index}`, index * 8])),
  ...Object.fromEntries(
    [1, 2, 3, 4].flatMap((group) => [1, 2, 3].map((drop) => [`af${group}${drop}`, group * 8 + drop * 2])),
  ),
  ef: 46,
};

/** Of a router in the path: TEST-NET-1 (RFC 5737). */
const defaultRouter = parseIpv4Address('192.0.2.1');

const packetSize = z.int().min(68).max(65_535);
const hops = z.int().min(1).max(255);
const segment = z.int().min(1).max(65_535);
const shift = z.int().min(0).max(14);
const carried = z.int().min(0).max(65_535);

/** Middlebox rewrites by kind, as a scenario writes them; each becomes its `StageSpec` without the kind. */
export const rewrites = {
  ...pairedRewrites,
  ttl: oneOf({
    set: hops.describe('new time to live'),
    decrement: hops.describe('hops to count down'),
    minimum: hops.describe('raise what is lower'),
  }).describe('rewrites the time to live'),
  tos: z
    .strictObject({ set: z.int().min(0).max(255) })
    .describe('overwrites the type of service, ECN included'),
  dscp: z
    .strictObject({ set: named('a codepoint', dscpNames, 0, 63) })
    .describe('overwrites the differentiated services codepoint; ECN stays'),
  ecn: oneOf({
    clear: z.enum(['ip', 'tcp', 'all']).describe('the codepoint of IP, ECE and CWR of TCP, or both'),
    mark: probability.describe('ECN-capable packets meet congestion with this probability'),
  }).describe('bleaches ECN or marks congestion (RFC 3168)'),
  df: to(['clear', 'set']).describe("rewrites Don't Fragment"),
  'ip-id': to(['zero', 'randomise', 'increment']).describe(
    'rewrites the identification of packets that are not fragments',
  ),
  mss: oneOf({ clamp: segment.describe('lower what is higher'), set: segment }).describe(
    'rewrites the maximum segment size of SYNs that carry one',
  ),
  'strip-option': z
    .union([
      optionList.transform((options) => ({ options, others: false, leave: 'nops' as const })),
      z
        .strictObject({
          options: optionList.optional().describe('options to take out'),
          keep: optionList.optional().describe('or those to leave, all others being taken out'),
          leave: z.enum(['nops', 'nothing']).default('nops'),
        })
        .refine(({ options, keep }) => (options === undefined) !== (keep === undefined), {
          message: 'give either `options` or `keep`',
        })
        .transform(({ options, keep, leave }) => ({ options: options ?? keep!, others: !options, leave })),
    ])
    .describe('takes TCP options out, leaving NOPs or a shorter header'),
  'reorder-options': z
    .array(option)
    .min(1)
    .transform((order) => ({ order }))
    .describe('TCP options that come first, in this order'),
  'window-scale': oneOf({ clamp: shift.describe('lower what is higher'), set: shift }).describe(
    'rewrites the window scale of SYNs that carry one',
  ),
  window: oneOf({ clamp: carried.describe('lower what is higher'), set: carried }).describe(
    'rewrites the window of every segment, as carried',
  ),
  'reserved-bits': to(['clear']).describe('clears the reserved bits of the TCP header'),
  urgent: to(['clear']).describe('clears URG and the urgent pointer'),
  'strip-payload': z
    .enum(['syn', 'all'])
    .transform((of) => ({ of }))
    .describe('takes the data out of SYNs, or out of all segments'),
  'bad-checksum': to(['drop', 'repair']).describe('what becomes of packets with a wrong checksum'),
  'icmp-filter': z
    .union([z.literal('all'), z.array(icmp).min(1)])
    .transform((drop) => ({ drop }))
    .describe('ICMP types that are dropped'),
  'icmp-rate': z
    .strictObject({
      every: z.int().min(1).max(1_000_000).describe('probe packets for one more message'),
      burst: z.int().min(1).max(1_000_000).describe('messages that may pass in a row'),
    })
    .describe('lets ICMP messages pass at the rate of the probes'),
  fragments: to(['drop', 'reassemble']).describe('what becomes of fragments'),
  mtu: z
    .union([
      packetSize.transform((size) => ({ size, icmp: true, router: defaultRouter })),
      z.strictObject({
        size: packetSize,
        icmp: z.boolean().default(true).describe('tell the sender of a packet with DF'),
        router: ipv4Address.default(defaultRouter).describe('address of the router that tells'),
      }),
    ])
    .describe('largest IPv4 packet that fits, bytes'),
  'rst-inject': z
    .strictObject({
      probability: probability.default(1),
      flags: z
        .string()
        .regex(/^[FSRPAUEC]*$/, 'flags are letters of FSRPAUEC, as in SA for SYN and ACK')
        .transform(parseTcpFlags)
        .default(0)
        .describe('flags that a segment must carry, all of them, as in SA'),
      match: predicate.optional().describe('what a segment must be besides'),
      towards: z.enum(['sender', 'receiver', 'both']).default('both'),
      drop: z.boolean().default(false).describe('take the segment out'),
    })
    .describe('forges RSTs about segments'),
};

type Must<Spec extends RewriteSpec | PairedRewriteSpec> = Spec;

type Kind = keyof typeof rewrites;

/** Does not compile where the schema of a kind makes anything but that kind's spec. */
export type RewriteOfScenario = Must<
  { [K in Kind]: { readonly kind: K } & z.output<(typeof rewrites)[K]> }[Kind]
>;
