import { InputError } from '../errors.js';
import type { Matrix, MatrixOptions } from './matrix.js';
import { ColumnValues } from './matrix-values.js';
import { matrixOf, type TrieSource } from './matrix-view.js';
import { dense, PartitionTrie } from './partition-trie.js';
import { type FieldSpec, type MachineSummary, PARTIAL, UNKNOWN } from './summary.js';

/** Codes are 16-bit, and a column has at most a code a row. */
const mostRows = 0x7fff;

/**
 * Builds a {@link Matrix} from one machine's summary at a time; a summary may be let go once it was added.
 * Memory beside the result: about 26 bytes a column, and 8 to 16 a value beyond its column's first two.
 */
export class MatrixBuilder {
  private readonly kept: readonly number[];
  private readonly names = new Set<string>();
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
    const given = summary.values;
    this.check(summary, given);
    const values = this.arranged(given, summary.texts);
    this.names.add(summary.machine);
    this.trie.beginRow();
    const width = this.kept.length;
    const { answers, copies, machine } = summary;
    for (let probe = 0; probe < this.probes; probe++) {
      if (this.dropped[probe] === 1) continue;
      const answered = answers[probe]!;
      const whole = answered === 0 || answered >= copies;
      const place = whole ? this.addColumns(values, probe * width, (probe + 1) * width, machine) : 0;
      if (place < width) this.addPartial(probe, place);
    }
  }

  finish(): Matrix {
    const source: TrieSource = {
      fields: this.kept.map((index) => this.fields[index]!),
      rows: [...this.names],
      values: this.values,
      texts: this.texts,
      states: this.states,
      dropped: this.dropped,
      trie: this.trie,
    };
    return matrixOf(source);
  }

  // The hot loop. A constant column costs three loads; one with two values a table lookup and a store beside.
  /** Adds columns from `start` to `end`, or to the first whose value is partial: the number added. */
  private addColumns(given: Float64Array, start: number, end: number, machine: string): number {
    const { states, trie } = this;
    const { first, second } = this.values;
    const { from, table } = trie;
    for (let column = start; column < end; column++) {
      const value = given[column]!;
      const state = states[column]!;
      let code = 0;
      if (value === first[column]) {
        if (state < 0) continue;
      } else if (value === second[column]) {
        code = 1;
      } else if (value === PARTIAL) {
        return column - start;
      } else if (value === UNKNOWN) {
        code = -1;
      } else {
        if (Number.isNaN(value)) throw this.notAValue(machine, column);
        code = this.values.code(column, value);
        if (code === 0 && state < 0) continue;
      }
      const known = state >= 0 && code < dense - 1 ? table[(state - from) * dense + code + 1]! : -1;
      states[column] = known >= 0 ? known : trie.step(state, code);
    }
    return end - start;
  }

  /** Drops the probe, or makes its fields from `place` on missing for the machine being added. */
  private addPartial(probe: number, place = 0): void {
    if (this.options.partial !== 'missing') {
      this.dropped[probe] = 1;
      return;
    }
    const width = this.kept.length;
    for (let column = probe * width + place; column < (probe + 1) * width; column++) {
      this.states[column] = this.trie.step(this.states[column]!, -1);
    }
  }

  private check(summary: MachineSummary, given: Float64Array): void {
    const { machine, probes } = summary;
    if (this.names.size === 0) {
      this.probes = probes;
      const columns = probes * this.kept.length;
      this.values = new ColumnValues(columns);
      this.states = new Int32Array(columns).fill(PartitionTrie.unsplit);
      this.dropped = new Uint8Array(probes);
      this.texts = summary.texts;
    }
    if (probes !== this.probes) {
      throw new InputError(
        `The summary of machine ${machine} has ${probes} probes, that of ${[...this.names][0]} has ${this.probes}.`,
        { remedy: 'Compare only machines that were sent the same probes.' },
      );
    }
    if (given.length !== probes * this.fields.length || summary.answers.length !== probes) {
      throw new InputError(
        `The summary of machine ${machine} has ${given.length} values and ${summary.answers.length} ` +
          `answer counts where ${probes} probes of ${this.fields.length} fields are expected.`,
      );
    }
    if (this.names.has(machine)) throw new InputError(`Machine ${machine} has two summaries.`);
    if (this.names.size >= mostRows) throw new InputError(`A matrix has at most ${mostRows} rows.`);
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
    return translate.every((place, own) => place === own) ? null : translate;
  }

  /** The values of the kept fields, texts by their place in the dictionary of all summaries. */
  private arranged(values: Float64Array, texts: readonly string[]): Float64Array {
    const translate = this.translation(texts);
    const { fields, kept } = this;
    if (translate === null && kept.length === fields.length) return values;
    const isText = fields.map(({ kind }) => kind === 'text');
    const arranged = new Float64Array(this.probes * kept.length);
    for (let probe = 0, column = 0; probe < this.probes; probe++) {
      for (const field of kept) {
        const value = values[probe * fields.length + field]!;
        arranged[column++] =
          translate !== null && value >= 0 && isText[field] ? (translate[value] ?? Number.NaN) : value;
      }
    }
    return arranged;
  }

  private notAValue(machine: string, column: number): InputError {
    const width = this.kept.length;
    const { name } = this.fields[this.kept[column % width]!]!;
    return new InputError(
      `The summary of machine ${machine} has no usable value for ${name} of probe ${Math.floor(column / width)}.`,
    );
  }
}
