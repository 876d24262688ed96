import { z } from 'zod';

const count = z.int().min(0);
const port = z.int().min(1).max(65_535);

const scan = z.object({
  answered: count.describe("of nmap's probes"),
  text: z.string().describe('the fingerprint as nmap prints it, a line each'),
  quote: z
    .object({ bytes: count, altered: z.array(z.string()) })
    .nullable()
    .describe('what the ICMP error for a datagram to a closed port quotes of it, and which fields it alters'),
  order: z
    .array(z.string())
    .describe('kinds of probes that were sent back to back, in the order of their answers'),
  retransmissions_ms: z
    .array(count)
    .nullable()
    .describe('when a SYN-ACK that nobody answered was sent again, after the first; null without a SYN-ACK'),
  timestamp_hz: z.number().min(0).nullable().describe('of the clock that these copies show'),
  timestamp_offset: z
    .enum(['shared', 'own', 'zero', 'none'])
    .nullable()
    .describe('whether connections show one clock, each an offset of its own, 0 or no timestamps'),
});

/** What nmap's probes found of a machine, and what takes more than these. */
export const nmapResult = z.object({
  ports: z.object({
    open: port.nullable().describe('null for a machine that opens none'),
    closed: port,
    closed_udp: port,
  }),
  scans: z.array(scan),
});

export type NmapResult = z.infer<typeof nmapResult>;
export type NmapScanResult = NmapResult['scans'][number];
