/** Value kinds of a response field: a number (0..2^32-1) or a short text such as an option order. */
export type FieldKind = 'number' | 'text';

/** One column of a summary. */
export interface FieldSpec {
  /** Stable dotted name, e.g. `ip.ttl`, `tcp.options.order`. */
  readonly name: string;
  readonly kind: FieldKind;
  /** Of what several packets show together, and not of the response to one probe. */
  readonly whole?: true;
}

/** The response came but the field is not in it: no such option, or another protocol. */
export const ABSENT = -1;

const numbers = (names: readonly string[]): FieldSpec[] => names.map((name) => ({ name, kind: 'number' }));

/**
 * The response fields, after the paper's figure 8. Addresses and ports are left out, as there: they say who
 * was asked, not who answered. Flags stand whole and bit by bit. Checksums are those that the response would
 * carry on the first copy's addresses, so that copies can agree on them.
 */
export const fields: readonly FieldSpec[] = [
  ...numbers(['ip.version', 'ip.ihl', 'ip.tos', 'ip.len', 'ip.id', 'ip.flags', 'ip.flags.rb', 'ip.flags.df']),
  ...numbers(['ip.flags.mf', 'ip.offset', 'ip.ttl', 'ip.proto', 'ip.chksum']),
  ...numbers([
    'tcp.seq',
    'tcp.ack',
    'tcp.offset',
    'tcp.reserved',
    'tcp.flags',
    'tcp.flags.fin',
    'tcp.flags.syn',
  ]),
  ...numbers([
    'tcp.flags.rst',
    'tcp.flags.psh',
    'tcp.flags.ack',
    'tcp.flags.urg',
    'tcp.flags.ece',
    'tcp.flags.cwr',
  ]),
  ...numbers(['tcp.window', 'tcp.chksum', 'tcp.urgent', 'tcp.payload']),
  { name: 'tcp.options.order', kind: 'text' },
  ...numbers(['tcp.options.mss', 'tcp.options.wscale', 'tcp.options.tsval', 'tcp.options.tsecr']),
  ...numbers([
    'tcp.options.sackok',
    'tcp.options.sack.left',
    'tcp.options.sack.right',
    'tcp.options.sack.more',
  ]),
  { name: 'tcp.options.other', kind: 'text' },
  ...numbers(['icmp.type', 'icmp.code', 'icmp.rest', 'icmp.quoted']),
];

/** Position of a field in a summary row. Throws when the table has no such field. */
export function fieldIndex(name: string): number {
  const index = fields.findIndex((field) => field.name === name);
  if (index < 0) throw new RangeError(`no response field is called ${name}`);
  return index;
}
