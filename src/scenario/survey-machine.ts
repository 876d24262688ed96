import type { BootedMachine } from '../../testbed/boot.js';
import { survey } from '../probe/survey.js';
import type { SurveyResult } from '../report/result.js';
import type { Scenario } from './schema.js';

const patienceMs = 400;

/** What a booted machine answers to well-formed packets across its path, as the result has it. */
export async function surveyMachine(
  { prober, control }: BootedMachine,
  { open, closed }: Pick<Scenario['probes'], 'open' | 'closed'>,
  { slowdown, signal }: { slowdown: number; signal: AbortSignal },
): Promise<SurveyResult> {
  const timeoutMs = patienceMs * slowdown;
  const { ipId, ...found } = await survey({ prober, control, open, closed, timeoutMs, signal });
  return {
    arp: found.arp,
    ping: found.ping,
    syn_open: found.synOpen,
    syn_closed: found.synClosed,
    udp_closed: found.udpClosed,
    source: found.source ?? null,
    ttl: found.ttl ?? null,
    df: found.df ?? null,
    window: found.window ?? null,
    options: found.options ?? null,
    window_scale: found.windowScale ?? null,
    mss: found.mss ?? null,
    ip_id: {
      syn_open: ipId.synOpen ?? null,
      syn_closed: ipId.synClosed ?? null,
      ping: ipId.ping ?? null,
    },
  };
}
