import type { BootedMachine } from '../../testbed/boot.js';
import { observe, sequenceTimestamps } from '../nmap/observe.js';
import type { ProbePorts } from '../nmap/probes.js';
import { quoteOf } from '../nmap/quote.js';
import { responseOrder } from '../nmap/response-order.js';
import { nmapScan } from '../nmap/scan.js';
import { formatSubject, type Subject } from '../nmap/subject-text.js';
import { timestampHz, timestampOffset } from '../nmap/timestamps.js';
import { unansweredHandshakes } from '../nmap/unanswered.js';
import { randomStream } from '../random.js';
import type { NmapResult, NmapScanResult } from '../report/nmap-result.js';
import { version } from '../version.js';

export interface NmapScansOptions {
  /** Names the draws. */
  readonly id: string;
  readonly ports: ProbePorts;
  /** 1 or more. */
  readonly scans: number;
  readonly seed: number | string;
  readonly slowdown: number;
  readonly signal: AbortSignal;
}

const answerPatienceMs = 250;
/**
 * Far from what usual stacks do: Linux sends a SYN-ACK again after 1, 3, 7 and 15 s, lwIP and Windows after 3, 9 and 21,
 * BSD after 6 and 18; on a loaded host all of them are late.
 */
const handshakeMs = 11_000;
/** A UDP port on which nobody listens. */
export const closedUdp = 40_125;

/** Where nmap's probes go; an image that opens no port gets none that need one. */
export function nmapPorts(
  { open, closed }: { readonly open: number; readonly closed: number },
  answers: readonly string[],
): ProbePorts {
  return { open: answers.includes('syn-open') ? open : undefined, closed, closedUdp };
}

/** A fingerprint with the SCAN line that says how it was taken. */
export function subjectOf(
  fingerprint: Subject['fingerprint'],
  ports: ProbePorts,
  distance: number | undefined,
): Subject {
  const scan = new Map([
    ['V', `stackbed-${version}`],
    ['E', '4'],
    ['OT', String(ports.open ?? '')],
    ['CT', String(ports.closed)],
    ['CU', String(ports.closedUdp)],
    ['PV', 'Y'],
    ...(distance === undefined ? [] : [['DS', String(distance)] as const]),
    ...(distance === undefined ? [] : [['DC', 'I'] as const]),
    ['G', 'Y'],
  ]);
  return { scan, fingerprint };
}

/**
 * Scans a booted machine by nmap's method, some times, and looks at what takes more than its sixteen probes: the order
 * of answers, and what becomes of SYN-ACKs that nobody answers. Throws InterruptedError when the signal aborts.
 */
export async function scanMachine(
  { prober, control }: BootedMachine,
  { id, ports, scans, seed, slowdown, signal }: NmapScansOptions,
): Promise<NmapResult> {
  const timeoutMs = answerPatienceMs * slowdown;
  const found: Omit<NmapScanResult, 'retransmissions_ms' | 'timestamp_hz'>[] = [];
  for (let scan = 0; scan < scans; scan++) {
    const random = randomStream(seed, `nmap ${id}${scan === 0 ? '' : ` ${scan}`}`);
    const options = { prober, control, ports, random, timeoutMs, signal };
    const exchanges = await nmapScan(options);
    const { fingerprint, distance } = observe(exchanges);
    const udp = exchanges.get('U1');
    const quote = udp && quoteOf(udp.probe, udp.answer);
    found.push({
      answered: [...exchanges.values()].filter(({ answer }) => answer).length,
      text: formatSubject(subjectOf(fingerprint, ports, distance)),
      quote: quote ? { bytes: quote.bytes, altered: [...quote.altered] } : null,
      order: await responseOrder(options),
      timestamp_offset: timestampOffset(sequenceTimestamps(exchanges)) ?? null,
    });
  }
  const { open } = ports;
  const random = randomStream(seed, `handshakes ${id}`);
  const handshakes =
    open === undefined
      ? []
      : await unansweredHandshakes({
          ...{ prober, control, open, random, signal },
          ...{ count: scans, durationMs: handshakeMs },
        });
  return {
    ports: { open: open ?? null, closed: ports.closed, closed_udp: ports.closedUdp },
    scans: found.map((one, scan) => {
      const handshake = handshakes[scan];
      const hz = handshake && timestampHz(handshake.timestamps);
      return {
        ...one,
        retransmissions_ms: handshake ? handshake.retransmissions.map(Math.round) : null,
        timestamp_hz: hz === undefined ? null : Math.round(10 * hz) / 10,
      };
    }),
  };
}
