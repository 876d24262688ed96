import { readUint16, readUint32 } from '../packet/bytes.js';
import { foldSum, pseudoHeaderSum, sumWords } from '../packet/checksum.js';
import { parseTcpOptions } from '../packet/tcp-options.js';
import { addressing } from '../probe/addressing.js';
import { ABSENT, fieldIndex } from '../probe/fields.js';
import { canonicalChecksum } from '../probe/read-fields.js';
import { type ResponseColumns, silence } from './response-columns.js';
import { firstOf, kindOf, rule, sentTimestamp, tcpAt, timestampsAt, tosMasks } from './response-shape.js';
import type { CopyFields, FieldReader } from './summarize.js';

const at = {
  ...{ tos: fieldIndex('ip.tos'), id: fieldIndex('ip.id'), ipChecksum: fieldIndex('ip.chksum') },
  ...{ seq: fieldIndex('tcp.seq'), ack: fieldIndex('tcp.ack'), window: fieldIndex('tcp.window') },
  ...{ checksum: fieldIndex('tcp.chksum'), tsval: fieldIndex('tcp.options.tsval') },
  tsecr: fieldIndex('tcp.options.tsecr'),
};
const ip = 14;
const transport = 34;

/** What all responses of a shape have in common: fields, and sums of the words that never change. */
interface Form {
  readonly fields: Float64Array;
  readonly rules: number;
  readonly tcp: boolean;
  /** What the destination is crossed with, and the two ports. */
  readonly destination: number;
  readonly ports: readonly [number, number];
  readonly source: number;
  readonly ipSum: number;
  readonly tcpSum: number;
  /** By how much the checksums are wrong. */
  readonly ipError: number;
  readonly tcpError: number;
  /** Acknowledgment number beyond the probe's sequence number. */
  readonly beyond: number;
  /** Timestamps begin on an odd byte: their bytes count in the words' other halves. */
  readonly odd: boolean;
  readonly timestamps: boolean;
}

const halves = (value: number) => (value >>> 16) + (value & 0xffff);
const swapped = (value: number) => ((value & 0x00ff_00ff) << 8) | ((value >>> 8) & 0x00ff_00ff);

/**
 * The fields of stored responses without putting frames together: those of a shape are read once, what differs from
 * response to response is patched. What it gives equals `readFields` of the frame, bit for bit.
 */
export class ShapeFields implements CopyFields {
  readonly probes: number;
  readonly copies: number;
  private readonly forms: (Form | null | undefined)[] = [];
  private probe = -1;
  private asked: Uint8Array = new Uint8Array(0);
  private readonly width: number;

  constructor(
    private readonly columns: ResponseColumns,
    private readonly readFields: FieldReader,
    width: number,
  ) {
    this.probes = columns.probes;
    this.copies = columns.copies;
    this.width = width;
  }

  read(probe: number, copy: number, out: Float64Array, start: number): boolean {
    const { columns } = this;
    const place = probe * this.copies + copy;
    const shape = columns.shape[place]!;
    if (shape === silence) return false;
    const form = shape < 0 ? null : this.formOf(shape);
    if (!form) {
      this.readFields(columns.frame(probe, copy)!, out, start);
      return true;
    }
    if (probe !== this.probe) {
      this.probe = probe;
      this.asked = columns.sent[probe]!;
    }
    out.set(form.fields, start);
    this.patch(form, place, addressing.copies + copy * columns.sent.length + probe, out, start);
    return true;
  }

  private formOf(shape: number): Form | null {
    let form = this.forms[shape];
    if (form === undefined) {
      form = this.form(shape);
      this.forms[shape] = form;
    }
    return form;
  }

  private patch(form: Form, place: number, own: number, out: Float64Array, start: number): void {
    const { asked, columns } = this;
    const { rules, source } = form;
    const destination = (form.destination ^ own) >>> 0;
    const id = rules & rule.ipId ? readUint16(asked, ip + 4) : columns.ipId[place]!;
    const copied = rules & rule.tos;
    const tos = copied > 0 ? asked[ip + 1]! & tosMasks[copied]! : 0;
    const sum = form.ipSum + tos + id + halves(destination);
    if (copied > 0) out[start + at.tos] = tos;
    out[start + at.id] = id;
    const ipChecksum = (~foldSum(sum) & 0xffff) ^ form.ipError;
    out[start + at.ipChecksum] = canonicalChecksum(ipChecksum, source, destination);
    if (form.tcp) this.patchTcp(form, place, destination, out, start);
  }

  private patchTcp(form: Form, place: number, destination: number, out: Float64Array, start: number): void {
    const { asked, columns } = this;
    const { rules, source } = form;
    const first = firstOf(asked);
    const seq = rules & rule.seqIsAck ? readUint32(asked, first + 8) : columns.tcpSeq[place]!;
    const follows = (form.beyond + readUint32(asked, first + 4)) >>> 0;
    const ack = rules & rule.ackFollows ? follows : columns.tcpAck[place]!;
    const window = rules & rule.window ? readUint16(asked, first + 14) : columns.tcpWindow[place]!;
    const [from, to] = form.ports;
    const ports = (from ^ readUint16(asked, first + 2)) + (to ^ readUint16(asked, first));
    let sum = form.tcpSum + halves(destination) + ports + halves(seq) + halves(ack) + window;
    out[start + at.seq] = seq;
    out[start + at.ack] = ack;
    out[start + at.window] = window;
    if (form.timestamps) {
      const tsval = columns.tcpTsval[place]!;
      const echo = rules & rule.tsecr ? sentTimestamp(asked, first) : 0;
      sum += form.odd ? halves(swapped(tsval)) + halves(swapped(echo)) : halves(tsval) + halves(echo);
      out[start + at.tsval] = tsval;
      if (rules & rule.tsecr) out[start + at.tsecr] = echo;
    }
    const checksum = (~foldSum(sum) & 0xffff) ^ form.tcpError;
    out[start + at.checksum] = canonicalChecksum(checksum, source, destination);
  }

  /** Null for a shape whose responses are read one by one, since more of them may differ than what is patched. */
  private form(shape: number): Form | null {
    const { rules, bodies } = this.columns.shapes;
    const frame = bodies[shape]!.slice();
    const kind = kindOf(frame);
    if (!kind) return null;
    const fields = new Float64Array(this.width);
    this.readFields(frame, fields, 0);
    const has = (field: number) => fields[field] !== ABSENT;
    const tcp = kind === 'tcp';
    if (!has(at.ipChecksum) || has(at.checksum) !== tcp) return null;
    const end = transport + 4 * (frame[tcpAt.offset]! >>> 4);
    const options = tcp ? parseTcpOptions(frame, tcpAt.options, end) : [];
    const stamps = options.filter(({ type }) => type === 'timestamps').length;
    const stampsAt = tcp ? timestampsAt(frame, tcpAt.options, end) : 0;
    if (stamps !== (stampsAt > 0 ? 1 : 0)) return null;
    const source = readUint32(frame, ip + 12);
    const form = {
      ...{ fields, rules: rules[shape]!, tcp, source, timestamps: stamps > 0 },
      destination: readUint32(frame, ip + 16),
      ports: [readUint16(frame, transport), readUint16(frame, transport + 2)] as const,
      ipError: readUint16(frame, ip + 10),
      tcpError: tcp ? readUint16(frame, tcpAt.checksum) : 0,
      beyond: tcp ? readUint32(frame, tcpAt.ack) : 0,
      odd: (stampsAt & 1) === 1,
    };
    frame.fill(0, ip + 10, ip + 12);
    frame.fill(0, ip + 16, ip + 20);
    const ipSum = sumWords(frame, ip, transport);
    if (!tcp) return { ...form, ipSum, tcpSum: 0 };
    frame.fill(0, transport, tcpAt.offset);
    frame.fill(0, tcpAt.checksum, tcpAt.checksum + 2);
    const last = ip + readUint16(frame, ip + 2);
    const pseudo = pseudoHeaderSum(source, 0, frame[ip + 9]!, last - transport);
    return { ...form, ipSum, tcpSum: sumWords(frame, transport, last, pseudo) };
  }
}
