import type { TcpOption } from '../../../packet/tcp-options.js';

/** How a machine answers, in what can be told from outside. What is undefined stays as the machine has it. */
export interface Personality {
  /** By the SYN that they answer: the nearest one counts. */
  readonly syns: readonly SynTrait[];
  /** The same of a SYN that offers ECN. */
  readonly ecnSyn?: SynTrait | undefined;
  /** By class of what belongs to no connection. */
  readonly segments: Readonly<Partial<Record<AnsweredClass, Trait<TcpTrait>>>>;
  /** The ICMP error for a datagram to a closed port. */
  readonly unreachable?: Trait<UnreachableTrait> | undefined;
  readonly echo?: Trait<EchoTrait> | undefined;
  readonly sequence?: SequenceTrait | undefined;
  readonly ids: IdTraits;
  /** Hz of the clock of TCP timestamps. */
  readonly clockHz?: number | undefined;
}

/** An answer, none at all, or whatever the machine does. */
export type Trait<T> = T | 'silent' | undefined;

/** Segments that belong to no connection, by port and flags: ECE with CWR is a SYN that offers ECN. */
export const answeredClasses = [
  'open-null',
  'open-odd',
  'open-ack',
  'closed-syn',
  'closed-ack',
  'closed-odd',
] as const;
export type AnsweredClass = (typeof answeredClasses)[number];
export type SegmentClass = 'syn' | 'ecn-syn' | AnsweredClass;

export interface IpTrait {
  /** With which packets set out, 0..255. */
  readonly ttl?: number | undefined;
  readonly dontFragment?: boolean | undefined;
}

/** A number of an answer by one of what it answers: 0, equal, one more, or neither. */
export type NumberRule = 'zero' | 'same' | 'next' | 'other';

/** A TCP option of an answer; timestamps are the clock and the echo, or 0. */
export type OptionTrait =
  | Exclude<TcpOption, { readonly type: 'timestamps' }>
  | { readonly type: 'timestamps'; readonly runs: boolean; readonly echoes: boolean };

export interface TcpTrait extends IpTrait {
  /** As carried, 0..0xffff. */
  readonly window?: number | undefined;
  /** By the acknowledgment number of what is answered; `other` of a SYN-ACK is the sequence's. */
  readonly sequence?: NumberRule | undefined;
  /** By the sequence number of what is answered. */
  readonly acknowledgment?: NumberRule | undefined;
  readonly flags?: number | undefined;
  readonly options?: readonly OptionTrait[] | undefined;
  /** The four bits behind the data offset, 0..15. */
  readonly reserved?: number | undefined;
  /** An urgent pointer without URG, or none. */
  readonly urgentPointer?: number | undefined;
  readonly data?: Uint8Array | undefined;
}

/** The answer of an open port to a SYN with these options. */
export interface SynTrait {
  readonly asked: readonly TcpOption[];
  readonly trait: Trait<TcpTrait>;
}

export interface UnreachableTrait extends IpTrait {
  /** Of the IP packet, bytes. */
  readonly totalLength?: number | undefined;
  /** The second word of the ICMP header. */
  readonly unused?: number | undefined;
  /** Fields of what is quoted; undefined: as they were sent. */
  readonly quotedLength?: number | undefined;
  readonly quotedId?: number | undefined;
  readonly quotedHeaderChecksum?: 'right' | 'zero' | 'wrong' | undefined;
  readonly quotedUdpChecksum?: number | undefined;
  readonly isQuoteSpoilt?: boolean | undefined;
}

export interface EchoTrait {
  readonly ttl?: number | undefined;
  /** By that of the request. */
  readonly dontFragment?: 'clear' | 'set' | 'same' | 'opposite' | undefined;
  /** By that of the request, or one for all, 0..255. */
  readonly code?: 'same' | 'other' | number | undefined;
}

/** Initial sequence numbers of connections that are opened 100 ms apart. */
export interface SequenceTrait {
  /** Greatest common divisor of their differences; 0: all are alike. */
  readonly divisor: number;
  /** Mean of the differences over time, per second. */
  readonly rate: number;
  /** Standard deviation of that, per second. */
  readonly deviation: number;
}

/** How IP identifications go on: by small steps, by steps of the other byte order, by large or by random ones. */
export type IdRule = 'zero' | 'small' | 'swapped' | 'large' | 'random' | { readonly constant: number };

export interface IdTraits {
  readonly open?: IdRule | undefined;
  readonly closed?: IdRule | undefined;
  readonly icmp?: IdRule | undefined;
  /** ICMP counts on where TCP is. */
  readonly isShared?: boolean | undefined;
}
