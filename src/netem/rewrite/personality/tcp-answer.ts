import { emitFrame, type Frame, withoutComputed } from '../../../packet/frame.js';
import { ipProtocol, ipv4Flag } from '../../../packet/ipv4.js';
import type { Tcp } from '../../../packet/tcp.js';
import { tcpFlag } from '../../../packet/tcp-flags.js';
import type { TcpOption } from '../../../packet/tcp-options.js';
import type { NumberRule, OptionTrait, TcpTrait } from './traits.js';

/** What an answer takes from where the personality is. */
export interface AnswerState {
  /** Identification; undefined: the machine's. */
  readonly id: number | undefined;
  /** For the answer of an open port to a SYN; undefined: the machine's. */
  readonly isn: number | undefined;
  /** What timestamps show; undefined: what the machine's do. */
  readonly clock: number | undefined;
  /** Any number, for a rule that wants one that is none of the others. */
  readonly random: number;
}

function numbered(rule: NumberRule, reference: number, random: number): number {
  if (rule === 'zero') return 0;
  if (rule !== 'other') return (reference + (rule === 'next' ? 1 : 0)) >>> 0;
  const taken = [0, reference, (reference + 1) >>> 0];
  let number = random >>> 0;
  while (taken.includes(number)) number = (number + 1) >>> 0;
  return number;
}

function echoed(probe: Tcp): number {
  const option = probe.options.find(({ type }) => type === 'timestamps');
  return option?.type === 'timestamps' ? option.value : 0;
}

const clockOf = (tcp: Tcp | undefined) => {
  const option = tcp?.options.find(({ type }) => type === 'timestamps');
  return option?.type === 'timestamps' ? option.value : undefined;
};

/** The options of an answer as they are sent. */
function optionsOf(traits: readonly OptionTrait[], probe: Tcp, clock: number): TcpOption[] {
  return traits.map((trait): TcpOption => {
    if (trait.type !== 'timestamps') return trait;
    return { type: 'timestamps', value: trait.runs ? clock : 0, echo: trait.echoes ? echoed(probe) || 1 : 0 };
  });
}

/** Bits of the IPv4 flags with DF as the trait has it. */
export function withDontFragment(flags: number, dontFragment: boolean | undefined): number {
  if (dontFragment === undefined) return flags;
  return dontFragment ? flags | ipv4Flag.dontFragment : flags & ~ipv4Flag.dontFragment;
}

/**
 * The answer to a segment: the machine's, `own`, made over, or one from nothing. What the trait leaves open is the
 * machine's, or that of a bare RST.
 */
export function tcpAnswer(
  probe: Frame,
  trait: TcpTrait,
  { id, isn, clock, random }: AnswerState,
  own: Frame | undefined,
): Uint8Array {
  const [asked, was] = [probe.tcp!, own?.tcp];
  const flags = trait.flags ?? was?.flags ?? tcpFlag.rst | tcpFlag.ack;
  const sequence =
    trait.sequence === undefined || (trait.sequence === 'other' && isn !== undefined)
      ? (isn ?? was?.sequence ?? 0)
      : numbered(trait.sequence, asked.acknowledgment, random);
  const acknowledgment =
    trait.acknowledgment === undefined
      ? (was?.acknowledgment ?? (asked.sequence + 1) >>> 0)
      : numbered(trait.acknowledgment, asked.sequence, ~random);
  const tcp: Tcp = {
    sourcePort: asked.destinationPort,
    destinationPort: asked.sourcePort,
    ...{ sequence, acknowledgment, flags },
    reserved: trait.reserved ?? was?.reserved ?? 0,
    window: trait.window ?? was?.window ?? 0,
    urgentPointer: trait.urgentPointer ?? was?.urgentPointer ?? 0,
    options: trait.options
      ? optionsOf(trait.options, asked, clock ?? clockOf(was) ?? 1)
      : (was?.options ?? []),
  };
  const data = trait.data ?? own?.payload?.bytes;
  return answerFrame(probe, { tcp, ...(data?.length && { payload: { bytes: data } }) }, trait, id, own);
}

const bareHeader = {
  ...{ tos: 0, identification: 0, flags: 0, fragmentOffset: 0, ttl: 64 },
  options: new Uint8Array(0),
} as const;

/** An answer around what it says: addresses are the probe's turned round. */
export function answerFrame(
  probe: Frame,
  inner: Pick<Frame, 'tcp' | 'icmp' | 'payload'>,
  { ttl, dontFragment }: { readonly ttl?: number | undefined; readonly dontFragment?: boolean | undefined },
  id: number | undefined,
  own: Frame | undefined,
): Uint8Array {
  const { ethernet, ipv4 } = probe;
  const ends = { source: ipv4!.destination, destination: ipv4!.source };
  const header = own?.ipv4 ?? bareHeader;
  return emitFrame(
    withoutComputed({
      ethernet: { ...ethernet!, source: ethernet!.destination, destination: ethernet!.source },
      ipv4: {
        ...{ ...header, ...ends },
        protocol: inner.icmp ? ipProtocol.icmp : ipProtocol.tcp,
        ttl: ttl ?? header.ttl,
        identification: id ?? header.identification,
        flags: withDontFragment(header.flags, dontFragment),
      },
      ...inner,
    }),
  );
}
