import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { summarizeMachine } from '../../src/dataset/machine-summary.js';
import { writeProbes } from '../../src/dataset/probe-store.js';
import { ResponseWriter } from '../../src/dataset/response-writer.js';
import { RowTable } from '../../src/dataset/row-table.js';
import type { MachineSummary } from '../../src/dataset/summary.js';
import { writeSummaries } from '../../src/dataset/summary-store.js';
import { TextTable } from '../../src/dataset/texts.js';
import { decodeFrame, emitFrame, tcpFlag, tcpFrame } from '../../src/packet/index.js';
import { addressing } from '../../src/probe/addressing.js';
import { fields } from '../../src/probe/fields.js';
import { generateProbes } from '../../src/probe/generator.js';
import { probeFrame } from '../../src/probe/probe.js';
import { type RandomStream, randomStream } from '../../src/random.js';
import type { RunFiles } from './stored-run.js';

const ports = { open: 22, closed: 81 };
const { syn, ack, rst } = tcpFlag;
const copies = 6;

/**
 * Files of a run that never was: machines of a few words, no two alike, which answer a SYN to the open port, and what
 * comes to the closed one.
 */
export async function syntheticRun(
  folder: string,
  sizes: { machines: number; probes: number; seed: number },
): Promise<RunFiles> {
  const { seed, probes: count } = sizes;
  const probes = generateProbes({ seed, count, closedShare: 0.2 });
  const frames = probes.map((probe) => probeFrame(probe, ports));
  const probesFile = join(folder, 'probes.parquet');
  await writeProbes(probesFile, probes, frames);
  const [texts, rows] = [new TextTable(), new RowTable(fields.length)];
  const summaries: MachineSummary[] = [];
  const machines: RunFiles['machines'][number][] = [];
  for (let number = 0; number < sizes.machines; number++) {
    const machine = `machine-${number}`;
    const own = join(folder, 'machines', machine);
    await mkdir(own, { recursive: true });
    await answerAll(own, frames, number, randomStream(seed, machine));
    const stored = { machine, path: join(own, 'responses.parquet'), ports };
    machines.push(stored);
    summaries.push((await summarizeMachine(stored, () => frames, texts, rows)).summary);
  }
  const summary = join(folder, 'summary.parquet');
  writeSummaries(summary, summaries, fields);
  return { summary, probesFile, copies, machines };
}

async function answerAll(folder: string, frames: readonly Uint8Array[], kind: number, random: RandomStream) {
  using writer = new ResponseWriter(folder, frames, copies);
  const asked = frames.map((frame) => decodeFrame(frame));
  for (let copy = 0, place = 0; copy < copies; copy++)
    for (const [probe, { ethernet, ipv4, tcp }] of asked.entries()) {
      const source = addressing.copies + place++;
      if (!ethernet || !ipv4 || !tcp || tcp.flags & rst) continue;
      const opens = tcp.destinationPort === ports.open && (tcp.flags & (syn | ack)) === syn;
      if (!opens && tcp.destinationPort === ports.open) continue;
      const answer = tcpFrame({
        ethernet: { source: ethernet.destination, destination: ethernet.source },
        ipv4: {
          ...{ source: ipv4.destination, destination: source, ttl: [64, 128, 255][kind % 3]! },
          identification: kind % 2 === 0 ? 0 : place & 0xffff,
        },
        tcp: {
          ...{ sourcePort: tcp.destinationPort, destinationPort: tcp.sourcePort },
          acknowledgment: (tcp.sequence + 1) >>> 0,
          ...(opens
            ? {
                ...{ sequence: random.uint32(), flags: syn | ack, window: 64_240 - 16 * kind },
                options: [{ type: 'mss', value: 1460 - 20 * (kind % 4) }] as const,
              }
            : { flags: rst | ack, window: 0 }),
        },
      });
      writer.add(probe, copy, emitFrame(answer), place / 20);
    }
  await writer.finish();
}
