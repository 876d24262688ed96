import { tcpFlag } from '../../packet/tcp-flags.js';

/**
 * How Linux tracks TCP connections by flags (net/netfilter/nf_conntrack_proto_tcp.c, 6.12): which segment moves a
 * connection from which state to which. Windows are not tracked, as under `nf_conntrack_tcp_be_liberal`.
 */

/** The kernel's states but NONE, which is a connection that is not there yet. */
export type TcpState =
  | 'SYN_SENT'
  | 'SYN_RECV'
  | 'ESTABLISHED'
  | 'FIN_WAIT'
  | 'CLOSE_WAIT'
  | 'LAST_ACK'
  | 'TIME_WAIT'
  | 'CLOSE'
  | 'SYN_SENT2';

/** What a segment is to the tracker: the first of RST, SYN with ACK, SYN, FIN, ACK that it has. */
type Segment = 'rst' | 'synack' | 'syn' | 'fin' | 'ack' | 'none';

/** Which way a segment goes: as the one that opened the connection, or against it. */
export type Way = 'original' | 'reply';

type Outcome = TcpState | 'invalid' | 'ignore';

const { fin, syn, rst, psh, ack, urg, ece, cwr } = tcpFlag;

/** Combinations that the tracker takes; PSH, ECE and CWR may go with any. */
const validFlags: ReadonlySet<number> = new Set([
  syn,
  syn | urg,
  syn | ack,
  rst,
  rst | ack,
  fin | ack,
  fin | ack | urg,
  ack,
  ack | urg,
]);

function segmentOf(flags: number): Segment {
  if (flags & rst) return 'rst';
  if (flags & syn) return flags & ack ? 'synack' : 'syn';
  if (flags & fin) return 'fin';
  return flags & ack ? 'ack' : 'none';
}

/** Where a first segment leads; NONE to ESTABLISHED is a connection picked up in its middle (`tcp_loose`). */
const fromNone: Readonly<Partial<Record<Segment, TcpState>>> = { syn: 'SYN_SENT', ack: 'ESTABLISHED' };

const closing = {
  FIN_WAIT: 'LAST_ACK',
  CLOSE_WAIT: 'LAST_ACK',
  LAST_ACK: 'LAST_ACK',
  TIME_WAIT: 'TIME_WAIT',
  CLOSE: 'CLOSE',
} as const;

const acknowledging = {
  ESTABLISHED: 'ESTABLISHED',
  FIN_WAIT: 'CLOSE_WAIT',
  CLOSE_WAIT: 'CLOSE_WAIT',
  LAST_ACK: 'TIME_WAIT',
  TIME_WAIT: 'TIME_WAIT',
  CLOSE: 'CLOSE',
} as const;

type Row = Readonly<Partial<Record<TcpState, TcpState>>>;

/** Rows by segment: the states that it leads on from; any other state makes what stands under `else`. */
const table: Readonly<Record<Way, Readonly<Record<Segment, { row: Row; else: Outcome }>>>> = {
  original: {
    syn: {
      row: { SYN_SENT: 'SYN_SENT', SYN_SENT2: 'SYN_SENT2', TIME_WAIT: 'SYN_SENT', CLOSE: 'SYN_SENT' },
      else: 'ignore',
    },
    synack: { row: { SYN_RECV: 'SYN_RECV', SYN_SENT2: 'SYN_RECV' }, else: 'invalid' },
    fin: { row: { SYN_RECV: 'FIN_WAIT', ESTABLISHED: 'FIN_WAIT', ...closing }, else: 'invalid' },
    ack: { row: { SYN_RECV: 'ESTABLISHED', ...acknowledging }, else: 'invalid' },
    rst: { row: {}, else: 'CLOSE' },
    none: { row: {}, else: 'invalid' },
  },
  reply: {
    syn: {
      row: { SYN_SENT: 'SYN_SENT2', SYN_SENT2: 'SYN_SENT2', TIME_WAIT: 'SYN_SENT' },
      else: 'invalid',
    },
    synack: { row: { SYN_SENT: 'SYN_RECV', SYN_SENT2: 'SYN_RECV' }, else: 'ignore' },
    fin: { row: { SYN_RECV: 'FIN_WAIT', ESTABLISHED: 'FIN_WAIT', ...closing }, else: 'invalid' },
    ack: { row: { SYN_RECV: 'SYN_RECV', ...acknowledging }, else: 'ignore' },
    rst: { row: {}, else: 'CLOSE' },
    none: { row: {}, else: 'invalid' },
  },
};

/** False for flags that no stack sends: nothing at all, SYN with FIN, FIN without ACK. */
export function hasValidFlags(flags: number): boolean {
  return validFlags.has(flags & ~(psh | ece | cwr));
}

/** The state that a first segment makes, or undefined when it is invalid. */
export function openedBy(flags: number): TcpState | undefined {
  return hasValidFlags(flags) ? fromNone[segmentOf(flags)] : undefined;
}

/** What a segment makes of a connection: a state, `ignore` (passes, changes nothing), or `invalid`. */
export function movedBy(state: TcpState, way: Way, flags: number): Outcome {
  if (!hasValidFlags(flags)) return 'invalid';
  const { row, else: otherwise } = table[way][segmentOf(flags)];
  return row[state] ?? otherwise;
}
