import fc from 'fast-check';
import type { PairedRewriteSpec, RewriteSpec } from '../../src/netem/rewrite/index.js';
import type { PersonalitySpec } from '../../src/netem/rewrite/personality.js';
import { personalityOf } from '../../src/nmap/personality.js';
import { parsePrint } from '../../src/nmap/print.js';

/** A personality with something to say about everything. */
export const anotherPrint = [
  'SEQ(SP=C8%GCD=1%ISR=C8%TI=I%CI=RD%II=I%SS=S%TS=7)',
  'OPS(O1=M5B4NNT11SNW3%O2=M5B4S%O3=M5B4%O4=M218W0%O5=%O6=NNT11)',
  'WIN(W1=2000%W2=2000%W3=2000%W4=2000%W5=FFFF%W6=0)',
  'ECN(R=Y%DF=N%T=80%W=2000%O=M5B4NW3%CC=S%Q=R)',
  'T1(R=Y%DF=N%T=80%S=O%A=S+%F=AS%RD=0%Q=U)',
  'T2(R=Y%DF=N%T=80%W=0%S=Z%A=S%F=AR%O=%RD=1234ABCD%Q=)',
  'T3(R=Y%DF=N%T=80%W=0%S=O%A=O%F=AS%O=M5B4%RD=0%Q=)',
  'T4(R=N)',
  'T5(R=Y%DF=Y%T=80%W=0%S=Z%A=S+%F=AR%O=%RD=0%Q=)',
  'T6(R=Y%DF=Y%T=80%W=0%S=A%A=O%F=R%O=%RD=0%Q=)',
  'T7(R=N)',
  'U1(R=Y%DF=N%T=80%IPL=164%UN=7%RIPL=134%RID=G%RIPCK=I%RUCK=0%RUD=I)',
  'IE(R=Y%DFI=O%T=80%CD=Z)',
].join('\n');

export const another: PersonalitySpec['drawn'] = (draw) =>
  personalityOf(parsePrint(anotherPrint, 'print'), draw);

/** Any rewrite that looks at one packet at a time, for property tests. */

const probability = fc.double({ min: 0, max: 1, noNaN: true });
const hops = fc.integer({ min: 1, max: 255 });
const kinds = fc.array(
  fc.oneof(fc.constantFrom(2, 3, 4, 5, 8, 28, 34, 172), fc.integer({ min: 2, max: 255 })),
  {
    minLength: 1,
    maxLength: 6,
  },
);

const kind = <const Kind extends (RewriteSpec | PairedRewriteSpec)['kind']>(name: Kind) => ({
  kind: fc.constant(name),
});
const clampOrSet = <const Kind extends RewriteSpec['kind']>(name: Kind, value: fc.Arbitrary<number>) => [
  fc.record({ ...kind(name), clamp: value }),
  fc.record({ ...kind(name), set: value }),
];

/** By kind, so that a test can see that none is missing. */
export const rewriteSpecs = {
  ttl: [
    fc.record({ ...kind('ttl'), set: hops }),
    fc.record({ ...kind('ttl'), decrement: hops }),
    fc.record({ ...kind('ttl'), minimum: hops }),
  ],
  tos: [fc.record({ ...kind('tos'), set: fc.nat(255) })],
  dscp: [fc.record({ ...kind('dscp'), set: fc.nat(63) })],
  ecn: [
    fc.record({ ...kind('ecn'), clear: fc.constantFrom('ip' as const, 'tcp' as const, 'all' as const) }),
    fc.record({ ...kind('ecn'), mark: probability }),
  ],
  df: [fc.record({ ...kind('df'), to: fc.constantFrom('clear' as const, 'set' as const) })],
  mss: clampOrSet('mss', fc.integer({ min: 1, max: 65_535 })),
  'window-scale': clampOrSet('window-scale', fc.nat(14)),
  window: clampOrSet('window', fc.nat(65_535)),
  'strip-option': [
    fc.record({
      ...kind('strip-option'),
      options: kinds,
      others: fc.boolean(),
      leave: fc.constantFrom('nops' as const, 'nothing' as const),
    }),
  ],
  'reorder-options': [fc.record({ ...kind('reorder-options'), order: kinds })],
  'reserved-bits': [fc.record({ ...kind('reserved-bits'), to: fc.constant('clear' as const) })],
  urgent: [fc.record({ ...kind('urgent'), to: fc.constant('clear' as const) })],
  'strip-payload': [
    fc.record({ ...kind('strip-payload'), of: fc.constantFrom('syn' as const, 'all' as const) }),
  ],
  'bad-checksum': [
    fc.record({ ...kind('bad-checksum'), to: fc.constantFrom('drop' as const, 'repair' as const) }),
  ],
  'ip-id': [
    fc.record({
      ...kind('ip-id'),
      to: fc.constantFrom('zero' as const, 'randomise' as const, 'increment' as const),
    }),
  ],
  'icmp-rate': [
    fc.record({
      ...kind('icmp-rate'),
      every: fc.integer({ min: 1, max: 20 }),
      burst: fc.integer({ min: 1, max: 20 }),
    }),
  ],
  fragments: [
    fc.record({ ...kind('fragments'), to: fc.constantFrom('drop' as const, 'reassemble' as const) }),
  ],
  mtu: [
    fc.record({
      ...kind('mtu'),
      size: fc.oneof(fc.integer({ min: 68, max: 200 }), fc.integer({ min: 68, max: 65_535 })),
      icmp: fc.boolean(),
      router: fc.nat(0xffff_ffff),
    }),
  ],
  'rst-inject': [
    fc.record({
      ...kind('rst-inject'),
      probability,
      flags: fc.oneof(fc.constant(0), fc.nat(255)),
      towards: fc.constantFrom('sender' as const, 'receiver' as const, 'both' as const),
      drop: fc.boolean(),
    }),
  ],
  'icmp-filter': [
    fc.record({ ...kind('icmp-filter'), drop: fc.oneof(fc.constant('all' as const), fc.array(fc.nat(20))) }),
  ],
};

export const anyRewrite: fc.Arbitrary<RewriteSpec> = fc.oneof(
  ...(Object.values(rewriteSpecs).flat() as fc.Arbitrary<RewriteSpec>[]),
);

const side = fc.constantFrom('prober' as const, 'machine' as const, 'both' as const);
const offset = fc.integer({ min: -0x8000_0000, max: 0xffff_ffff });

/** The same of those that stand in both directions. */
export const pairedSpecs = {
  isn: [fc.record({ ...kind('isn'), randomise: side })],
  sequence: [fc.record({ ...kind('sequence'), offset, of: side })],
  timestamps: [
    fc.record({ ...kind('timestamps'), offset: fc.oneof(offset, fc.constant('random' as const)), of: side }),
  ],
  nat: [
    fc.record({
      ...kind('nat'),
      address: fc.constant(0x0afe0001),
      ports: fc.constantFrom('preserve' as const, 'random' as const),
      idle: fc.integer({ min: 1, max: 2000 }),
    }),
  ],
  personality: [
    fc.record({
      ...kind('personality'),
      name: fc.constant('another'),
      answers: fc.constantFrom('rewritten' as const, 'own' as const),
      open: fc.constantFrom([22], []),
      drawn: fc.constant(another),
    }),
  ],
  'stateful-firewall': [
    fc.record({
      ...kind('stateful-firewall'),
      mode: fc.constantFrom('conntrack' as const, 'strict' as const),
    }),
  ],
  'syn-proxy': [
    fc.record({
      ...kind('syn-proxy'),
      ports: fc.oneof(fc.constant('all' as const), fc.array(fc.nat(65_535), { minLength: 1 })),
      mss: fc.integer({ min: 1, max: 65_535 }),
      windowScale: fc.option(fc.nat(14), { nil: undefined }),
      sack: fc.boolean(),
      timestamps: fc.boolean(),
      window: fc.nat(65_535),
      ttl: hops,
    }),
  ],
};

export const anyPair: fc.Arbitrary<PairedRewriteSpec> = fc.oneof(
  ...(Object.values(pairedSpecs).flat() as fc.Arbitrary<PairedRewriteSpec>[]),
);
