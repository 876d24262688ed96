import { join } from 'node:path';
import { vi } from 'vitest';
import { writeDecisions } from '../../src/dataset/impairment-store.js';
import { RawResponses, writeRaw } from '../../src/dataset/raw.js';
import { digestDecisions } from '../../src/netem/decision-log.js';
import { Path } from '../../src/netem/path.js';
import { decodeFrame, emitFrame, readUint32, tcpFlag, tcpFrame } from '../../src/packet/index.js';
import { addressing } from '../../src/probe/addressing.js';
import { probeFrame, probesDigest } from '../../src/probe/probe.js';
import { readdress } from '../../src/probe/send-copy.js';
import type { NmapResult } from '../../src/report/nmap-result.js';
import { pathSpec } from '../../src/scenario/path-spec.js';
import { probeSet } from '../../src/scenario/probe-set.js';
import { parseScenario } from '../../src/scenario/read.js';
import { type MachineRecord, RunFolder } from '../../src/scenario/run-folder.js';
import type { Scenario } from '../../src/scenario/schema.js';

const { syn, ack, rst } = tcpFlag;
/** Ends of the path; what it makes of them is what is tested. */
const ports = { open: 22, closed: 81 };

/** How a machine answers, and what it is. */
export interface Kind {
  readonly ttl: number;
  /** Of its SYN-ACKs. */
  readonly window: number;
  /** Kernel release, level 2; the other labels are alike. */
  readonly release: string;
  readonly image: string;
}

const usual: Kind = { ttl: 64, window: 64_240, release: 'linux 6.12', image: 'linux-6.12' };

/** What a machine answers: SYN-ACK with a number of its own each time, RST, or nothing to a RST. */
function answerTo(bytes: Uint8Array, count: number, { ttl, window }: Kind): Uint8Array | undefined {
  const { ethernet, ipv4, tcp } = decodeFrame(bytes);
  if (!ethernet || !ipv4 || !tcp || tcp.flags & rst) return undefined;
  const opens = tcp.destinationPort === ports.open && (tcp.flags & (syn | ack)) === syn;
  return emitFrame(
    tcpFrame({
      ethernet: { source: ethernet.destination, destination: ethernet.source },
      ipv4: { source: ipv4.destination, destination: ipv4.source, ttl, identification: count },
      tcp: {
        sourcePort: tcp.destinationPort,
        destinationPort: tcp.sourcePort,
        ...(opens
          ? {
              sequence: 1000 * count,
              flags: syn | ack,
              window,
              options: [{ type: 'mss', value: 1460 }] as const,
            }
          : { flags: rst | ack, window: 0 }),
        acknowledgment: (tcp.sequence + 1) >>> 0,
      },
    }),
  );
}

function recordOf(id: string, { image, release }: Kind = usual): MachineRecord {
  const described = {
    kernel: ['linux', 'linux 6.x', release],
    distribution: ['linux', 'debian', 'debian 13'],
  };
  return {
    ...{ id, image, digest: '', labels: described, status: 'measured', boot_ms: 1, ports },
    hardware: { architecture: 'x86_64', ram_mib: 256, cores: 1, nic: 'virtio-net-pci' },
    ...{ packets_sent: 0, packets_received: 0, unmatched: 0, late: 0, duration_ms: 1, lost_by_path: 0 },
    ...{ decisions: 0, decisions_digest: digestDecisions([]) },
  };
}

/** What a machine of few words answers to a scenario, with a clock that is not real, and what the path decided. */
function probe(scenario: Scenario, frames: readonly Uint8Array[], machine: string, kind: Kind) {
  const raw = new RawResponses(frames.length, scenario.probes.copies);
  let [arrived, sent] = [0, 0];
  const path = new Path({
    spec: pathSpec(scenario),
    ...{ seed: scenario.seed, link: machine, origin: addressing.copies },
    deliver: (direction, frame) => {
      if (direction === 'forward') {
        const answer = answerTo(frame, ++arrived, kind);
        if (answer) path.send('reverse', answer);
        return;
      }
      const index = readUint32(frame, 30) - addressing.copies;
      raw.add(index % frames.length, Math.floor(index / frames.length), frame, sent);
    },
  });
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  for (; sent < frames.length * scenario.probes.copies; sent++) {
    const frame = frames[sent % frames.length]!.slice();
    readdress(frame, sent);
    path.send('forward', frame);
    vi.runAllTimers();
  }
  vi.useRealTimers();
  return { raw, decisions: path.log.sorted() };
}

export interface RecordedOptions {
  /** Id of the machine that failed. */
  readonly failed?: string;
  readonly pending?: string;
  /** By machine, in what it is not as usual. */
  readonly kinds?: Readonly<Record<string, Partial<Kind>>>;
  /** By machine: what nmap's probes found. */
  readonly scans?: Readonly<Record<string, NmapResult>>;
}

/**
 * Leaves under `root` what a run of a scenario leaves: machines that were measured, one that failed and one that was not
 * begun.
 */
export async function recordRun(
  root: string,
  text: string,
  machines: string | readonly string[],
  { failed = 'failed', pending = 'never-measured', kinds = {}, scans = {} }: RecordedOptions = {},
): Promise<RunFolder> {
  const read = parseScenario(text, 'recorded.scenario.yaml');
  const { scenario } = read;
  const frames = probeSet(scenario).map((each) => probeFrame(each, ports));
  const measured = [machines].flat();
  const folder = await RunFolder.create(root, scenario, new Date(0));
  await folder.writeScenario(read);
  await folder.writeManifest({
    ...{ schema: 'stackbed.manifest/1', scenario: scenario.name, seed: scenario.seed, stackbed: '0.0.1' },
    ...{ command: 'recorded', startedAt: '1970-01-01T00:00:00.000Z', accelerator: 'tcg', boot: 'cold' },
    host: { kernel: 'none', node: 'none', qemu: 'none', cpus: 1, memory_mib: 1 },
    probesDigest: probesDigest(frames),
    ...{ images: {}, machines: [...measured, pending, failed], collectedS: 1 },
  });
  for (const machine of measured) {
    const kind = { ...usual, ...kinds[machine] };
    const { raw, decisions } = probe(scenario, frames, machine, kind);
    await folder.commitMachine(machine, async (at) => {
      await writeRaw(join(at, 'responses.parquet'), raw);
      if (decisions.length > 0) await writeDecisions(join(at, 'impairments.parquet'), decisions);
      await folder.writeRecord(at, {
        ...recordOf(machine, kind),
        decisions: decisions.length,
        ...(scans[machine] && { nmap: scans[machine] }),
      });
    });
  }
  const failure = { reason: 'it never answered', console: [] };
  await folder.commitMachine(failed, (at) =>
    folder.writeRecord(at, { ...recordOf(failed), status: 'failed', failure }),
  );
  return folder;
}
