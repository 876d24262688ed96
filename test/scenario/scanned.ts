import type { NmapScanResult } from '../../src/report/nmap-result.js';
import type { Scanned } from '../../src/scenario/semantic-matrix.js';

/** A machine with a scan for each fingerprint. */
export function scannedMachine(
  id: string,
  texts: string | readonly string[],
  more: Partial<NmapScanResult> = {},
): Scanned {
  const scan = (text: string): NmapScanResult => ({
    ...{ text, answered: 16, quote: null, order: [], retransmissions_ms: null },
    ...{ timestamp_hz: null, timestamp_offset: null, ...more },
  });
  return {
    id,
    nmap: { ports: { open: 22, closed: 81, closed_udp: 40_125 }, scans: [texts].flat().map(scan) },
  };
}
