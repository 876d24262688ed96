import { z } from 'zod';

const count = z.int().min(0);
const reply = z.enum(['syn-ack', 'rst', 'tcp', 'icmp', 'udp', 'silence']);
const ipId = z
  .enum(['zero', 'constant', 'echoed', 'incremental', 'byte-swapped', 'rising', 'random'])
  .nullable();

export const surveyResult = z.object({
  arp: z.boolean(),
  ping: z.boolean(),
  syn_open: reply.describe('answer to a SYN to the open port'),
  syn_closed: reply,
  udp_closed: reply,
  source: z
    .enum(['syn-open', 'syn-closed', 'ping'])
    .nullable()
    .describe('the answer that ttl and df are read from: the first of these that came'),
  ttl: count.nullable(),
  df: z.boolean().nullable(),
  window: count.nullable().describe('of the answer to a SYN, not scaled'),
  options: z
    .string()
    .nullable()
    .describe('of the SYN-ACK: M MSS, S SACK permitted, T timestamps, N, W scale, E'),
  window_scale: count.nullable(),
  mss: count.nullable(),
  ip_id: z
    .object({ syn_open: ipId, syn_closed: ipId, ping: ipId })
    .describe('how answers of a kind are numbered; null where there were too few'),
});

export type SurveyResult = z.infer<typeof surveyResult>;
