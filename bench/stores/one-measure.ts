// Takes one measurement and prints it as JSON: one-measure.js NAME SUBJECT, the latter as JSON
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { datasetDigest } from '../../src/dataset/digest.js';
import { summarizeMachine } from '../../src/dataset/machine-summary.js';
import { MatrixBuilder } from '../../src/dataset/matrix-builder.js';
import { ParquetFile } from '../../src/dataset/parquet-file.js';
import { RawResponses } from '../../src/dataset/raw.js';
import { RowTable } from '../../src/dataset/row-table.js';
import { fieldsOfFrames, summarize } from '../../src/dataset/summarize.js';
import type { MachineSummary } from '../../src/dataset/summary.js';
import { readSummaries } from '../../src/dataset/summary-reader.js';
import { TextTable } from '../../src/dataset/texts.js';
import { readPcapng, readUint32 } from '../../src/packet/index.js';
import { addressing } from '../../src/probe/addressing.js';
import { fields } from '../../src/probe/fields.js';
import { readFields } from '../../src/probe/read-fields.js';
import { openDuckDb } from './duckdb.js';
import { splittingColumns } from './splitting-columns.js';
import { type StoredRun, sentTo } from './stored-run.js';

/** What a measurement did, and what came out: equal for all that did the same. */
export interface Done {
  /** Rows or packets. */
  readonly count: number;
  readonly outcome: string | number;
}

/** Rows of a summary that a reader of objects is given; it is slow, and goes by rows. */
const sample = 100_000;

const measures: Readonly<Record<string, (run: StoredRun) => Promise<Done>>> = {
  async matrix({ summary }) {
    const builder = new MatrixBuilder(fields);
    let count = 0;
    for (const { summary: machine } of readSummaries(summary, fields)) {
      builder.add(machine);
      count += machine.probes;
    }
    return { count, outcome: builder.finish().totals.informative };
  },

  async duckdb({ summary }) {
    const db = await openDuckDb(dirname(summary));
    using file = ParquetFile.open(summary);
    return { count: file.rows, outcome: await splittingColumns(db, fields) };
  },

  async hyparquet({ summary }) {
    using file = ParquetFile.open(summary);
    let count = 0;
    for await (const { rows } of file.groups()) {
      count += rows;
      if (count >= sample) break;
    }
    return { count, outcome: 'read' };
  },

  async responses(run) {
    const texts = new TextTable();
    const rows = new RowTable(fields.length);
    const summaries: MachineSummary[] = [];
    // Machines with the same ports were sent the same frames, which a run reads once.
    const known = new Map<string, readonly Uint8Array[]>();
    for (const { machine, path, ports } of run.machines) {
      const key = `${ports.open} ${ports.closed}`;
      const sent = known.get(key) ?? (await sentTo(run, ports));
      known.set(key, sent);
      summaries.push((await summarizeMachine({ machine, path }, () => sent, texts, rows)).summary);
    }
    return { count: run.packets, outcome: datasetDigest(summaries, fields) };
  },

  async pcapng({ machines, copies, probes, packets }) {
    const texts = new TextTable();
    const summaries = machines.map(({ machine, capture }) => {
      const raw = new RawResponses(probes, copies);
      for (const { bytes } of readPcapng(gunzipSync(readFileSync(capture)))) {
        const index = readUint32(bytes, 30) - addressing.copies;
        raw.add(index % probes, Math.floor(index / probes), bytes, 0);
      }
      const answers = fieldsOfFrames(raw, (frame, out, at) => readFields(frame, out, at, texts));
      return summarize({ machine, answers, fields: fields.length, texts }).summary;
    });
    return { count: packets, outcome: datasetDigest(summaries, fields) };
  },
};

const [name = '', subject = ''] = process.argv.slice(2);
const before = process.cpuUsage();
const begun = performance.now();
const done = await measures[name]!(JSON.parse(subject) as StoredRun);
const { user, system } = process.cpuUsage(before);
process.stdout.write(
  JSON.stringify({
    ...done,
    cpuS: (user + system) / 1e6,
    wallS: (performance.now() - begun) / 1000,
    peakMib: process.resourceUsage().maxRSS / 1024,
  }),
);
