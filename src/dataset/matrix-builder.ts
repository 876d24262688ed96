import { InputError } from '../errors.js';
import type { Matrix, MatrixOptions } from './matrix.js';
import { ColumnValues } from './matrix-values.js';
import { type MatrixSource, matrixOf } from './matrix-view.js';
import { PartitionTrie } from './partition-trie.js';
import { type FieldSpec, type MachineSummary, PARTIAL } from './summary.js';

/** Codes are 16-bit, and a column has at most a code a row. */
const mostRows = 0x7fff;

/**
 * Builds a {@link Matrix} from one machine's summary at a time; a summary may be let go once it was added.
 * Memory beside the result: about 20 bytes a column, and 8 a value that is not its column's first.
 */
export class MatrixBuilder {
  private readonly kept: readonly number[];
  private readonly names: string[] = [];
  private readonly trie = new PartitionTrie();
  private probes = 0;
  private values = new ColumnValues(0);
  private states = new Int32Array(0);
  private dropped = new Uint8Array(0);
  private texts: readonly string[] = [];

  constructor(
    private readonly fields: readonly FieldSpec[],
    private readonly options: MatrixOptions = {},
  ) {
    const only = options.only ?? (() => true);
    this.kept = fields.flatMap((field, index) => (only(field) ? [index] : []));
  }

  /** @throws InputError when the summary does not fit the ones before it. */
  add(summary: MachineSummary): void {
    this.check(summary);
    const translate = this.translation(summary.texts);
    this.names.push(summary.machine);
    this.trie.beginRow();
    const drop = (this.options.partial ?? 'drop') === 'drop';
    for (let probe = 0; probe < this.probes; probe++) {
      if (this.dropped[probe] === 1) continue;
      const answered = summary.answers[probe]!;
      const whole = answered === 0 || answered >= summary.copies;
      if (!whole && drop) this.dropped[probe] = 1;
      else this.addProbe(summary, probe, whole, translate);
    }
  }

  finish(): Matrix {
    const source: MatrixSource = {
      fields: this.kept.map((index) => this.fields[index]!),
      rows: this.names,
      values: this.values,
      texts: this.texts,
      states: this.states,
      dropped: this.dropped,
      trie: this.trie,
    };
    return matrixOf(source);
  }

  private addProbe(
    summary: MachineSummary,
    probe: number,
    whole: boolean,
    translate: Int32Array | null,
  ): void {
    const { kept, states, trie, values } = this;
    const { first } = values;
    const width = kept.length;
    const from = probe * this.fields.length;
    for (let place = 0; place < width; place++) {
      const column = probe * width + place;
      const field = kept[place]!;
      let value = summary.values[from + field]!;
      if (translate && value >= 0 && this.fields[field]!.kind === 'text')
        value = translate[value] ?? Number.NaN;
      let code = 0;
      if (!whole || value === PARTIAL) {
        if (this.options.partial !== 'missing') {
          this.dropped[probe] = 1;
          return;
        }
        code = -1;
      } else if (value !== first[column]) {
        if (Number.isNaN(value)) throw this.notAValue(summary.machine, probe, this.fields[field]!.name);
        code = values.code(column, value);
      }
      states[column] = trie.step(states[column]!, code);
    }
  }

  private check(summary: MachineSummary): void {
    const { machine, probes } = summary;
    if (this.names.length === 0) {
      this.probes = probes;
      const columns = probes * this.kept.length;
      this.values = new ColumnValues(columns);
      this.states = new Int32Array(columns).fill(PartitionTrie.root);
      this.dropped = new Uint8Array(probes);
      this.texts = summary.texts;
    }
    if (probes !== this.probes) {
      throw new InputError(
        `The summary of machine ${machine} has ${probes} probes, that of ${this.names[0]} has ${this.probes}.`,
        { remedy: 'Compare only machines that were sent the same probes.' },
      );
    }
    if (summary.values.length !== probes * this.fields.length || summary.answers.length !== probes) {
      throw new InputError(
        `The summary of machine ${machine} has ${summary.values.length} values and ${summary.answers.length} ` +
          `answer counts where ${probes} probes of ${this.fields.length} fields are expected.`,
      );
    }
    if (this.names.includes(machine)) throw new InputError(`Machine ${machine} has two summaries.`);
    if (this.names.length >= mostRows) throw new InputError(`A matrix has at most ${mostRows} machines.`);
  }

  // Summaries of one dataset share their dictionary; others are translated into the first one's.
  private translation(texts: readonly string[]): Int32Array | null {
    if (texts === this.texts) return null;
    const joined = [...this.texts];
    const places = new Map(joined.map((text, place) => [text, place]));
    const translate = Int32Array.from(texts, (text) => {
      const place = places.get(text) ?? joined.push(text) - 1;
      places.set(text, place);
      return place;
    });
    this.texts = joined;
    return translate;
  }

  private notAValue(machine: string, probe: number, field: string): InputError {
    return new InputError(
      `The summary of machine ${machine} has no usable value for ${field} of probe ${probe}.`,
    );
  }
}
