import { tcpFlag } from '../packet/tcp-flags.js';
import type { Control } from './control.js';

/** What a port does with a SYN; one that is silent has a firewall before it. */
export type PortState = 'open' | 'closed' | 'silent';

export interface ScanOptions {
  /** How long a port may take to answer, ms. */
  readonly roundMs: number;
  /** SYNs that a silent port gets. */
  readonly tries?: number;
  readonly signal?: AbortSignal | undefined;
}

/** Registered ports that servers of this world listen on, beside all those below 1024. */
const registered = [
  ...[1433, 1521, 2049, 2222, 2375, 3000, 3128, 3260, 3306, 3389, 4000, 5000, 5060, 5357, 5432, 5900, 5985],
  ...[6379, 7070, 8000, 8008, 8080, 8081, 8443, 8888, 9000, 9090, 9200, 10_000, 11_211, 27_017],
];

/** The ports that are looked at when nothing is known of a machine, the likeliest first. */
export const usualPorts: readonly number[] = [
  ...new Set([22, 80, 443, 3389, 445, 139, 135, 23, 21, 25, 5985, ...registered]),
  ...Array.from({ length: 1023 }, (_, index) => index + 1),
].filter((port, index, all) => all.indexOf(port) === index);

/** A listen queue and a NIC's receive ring bear so many at once. */
const batchSize = 32;

/**
 * Sends a SYN to each port, past the path, and tells how it was taken; half-open connections are reset. Throws the
 * signal's reason when it aborts.
 */
export async function scanPorts(
  control: Control,
  ports: readonly number[],
  { roundMs, tries = 2, signal }: ScanOptions,
): Promise<ReadonlyMap<number, PortState>> {
  const states = new Map<number, PortState>(ports.map((port) => [port, 'silent']));
  try {
    for (let round = 0; round < tries; round++) {
      const silent = ports.filter((port) => states.get(port) === 'silent');
      for (let at = 0; at < silent.length; at += batchSize) {
        signal?.throwIfAborted();
        await scanBatch(control, silent.slice(at, at + batchSize), states, roundMs);
      }
    }
    return states;
  } finally {
    control.onScanned = undefined;
  }
}

function scanBatch(
  control: Control,
  ports: readonly number[],
  states: Map<number, PortState>,
  roundMs: number,
): Promise<void> {
  return new Promise((resolve) => {
    const waiting = new Set(ports);
    const timer = setTimeout(resolve, roundMs);
    control.onScanned = (port, flags) => {
      if (!states.has(port)) return;
      states.set(port, (flags & tcpFlag.rst) !== 0 ? 'closed' : 'open');
      waiting.delete(port);
      if (waiting.size > 0) return;
      clearTimeout(timer);
      resolve();
    };
    for (const port of ports) control.scan(port);
  });
}
