import { Inexpressible } from '../compile/inexpressible.js';
import type { DelayTimes } from '../impairment/delay.js';
import type { ImpairmentSpec } from '../impairment/index.js';
import type { ReorderSpec } from '../impairment/reorder.js';
import type { SlotSpec } from '../impairment/slot.js';
import { plain } from '../stage.js';

/** Where netem wraps a uniform jitter: it keeps twice the nanoseconds in 32 bits (sch_netem.c `tabledist`). */
const longestUniformJitter = 2147;

const ms = (time: number) => `${plain(time)}ms`;
const percent = (share: number) => `${plain(share * 100)}%`;
const correlated = (correlation = 0) => (correlation > 0 ? [percent(correlation)] : []);

function delay({ time, jitter, correlation, distribution = 'uniform' }: DelayTimes): string[] {
  if (jitter === 0) return ['delay', ms(time)];
  if (distribution === 'uniform' && jitter > longestUniformJitter)
    throw new Inexpressible(
      `netem's uniform jitter wraps above ${longestUniformJitter / 1000} s`,
      'take a smaller jitter, or `distribution: normal`',
    );
  const shape = distribution === 'uniform' ? [] : ['distribution', distribution];
  return ['delay', ms(time), ms(jitter), ...correlated(correlation), ...shape];
}

function reorder({ probability, correlation, gap = 1, delay: given }: ReorderSpec): string[] {
  const times = typeof given === 'number' ? { time: given, jitter: 0 } : given;
  if (times.time === 0)
    throw new Inexpressible(
      'netem reorders only packets that others overtake while they wait, and these do not wait',
      'give `delay` a time above 0',
    );
  return [...delay(times), 'reorder', percent(probability), ...correlated(correlation), 'gap', String(gap)];
}

function slot({ delay: given, packets, bytes }: SlotSpec): string[] {
  const budget = [
    ...(packets === undefined ? [] : ['packets', String(packets)]),
    ...(bytes === undefined ? [] : ['bytes', String(bytes)]),
  ];
  if (Array.isArray(given)) return ['slot', ...(given as number[]).map(ms), ...budget];
  const { time, jitter, distribution = 'uniform' } = given as DelayTimes;
  if (jitter > 0 && distribution !== 'uniform')
    return ['slot', 'distribution', distribution, ms(time), ms(jitter), ...budget];
  if (jitter > time)
    throw new Inexpressible(
      'netem has uniform waits for a slot only from a shortest to a longest one',
      `give \`min: 0ms\` and \`max: ${ms(time + jitter)}\``,
    );
  return ['slot', ms(time - jitter), ms(time + jitter), ...budget];
}

/**
 * One impairment as arguments of `tc qdisc … netem` (tc-netem(8)), without `limit`, which is the queue's.
 * @throws Inexpressible for what netem does not have.
 */
export function netemArguments(spec: Exclude<ImpairmentSpec, { kind: 'limit' }>): string[] {
  switch (spec.kind) {
    case 'loss':
      return ['loss', 'random', percent(spec.probability), ...correlated(spec.correlation)];
    case 'loss-state':
      return ['loss', 'state', ...[spec.p13, spec.p31, spec.p32, spec.p23, spec.p14].map(percent)];
    case 'loss-gemodel':
      return ['loss', 'gemodel', ...[spec.p, spec.r, spec.lossInBad, spec.lossInGood].map(percent)];
    case 'delay':
      return delay(spec);
    case 'duplicate':
      // tc hands the correlation of `duplicate` on only where it has met another one.
      return [
        ...(spec.correlation ? ['loss', 'random', '0%', '0%'] : []),
        ...['duplicate', percent(spec.probability), ...correlated(spec.correlation)],
      ];
    case 'corrupt':
      return [spec.kind, percent(spec.probability), ...correlated(spec.correlation)];
    case 'reorder':
      return reorder(spec);
    case 'rate': {
      if (spec.rate < 8)
        throw new Inexpressible('netem counts a rate in whole bytes a second', 'give at least 8bit');
      const { packetOverhead = 0, cellSize = 0, cellOverhead = 0 } = spec;
      const extras = [packetOverhead, cellSize, cellOverhead];
      const last = extras.findLastIndex((extra) => extra !== 0);
      return ['rate', `${plain(spec.rate)}bit`, ...extras.slice(0, last + 1).map(String)];
    }
    case 'slot':
      return slot(spec);
    case 'fault':
      throw new Inexpressible(
        'netem draws by chance and cannot single out packets',
        'keep it in the simulated path, or use `loss` or `duplicate` at 100%',
      );
  }
}

/** Where netem does something else than the simulated stage does, for who compares the two. */
export function netemNote(spec: ImpairmentSpec): string | undefined {
  if (spec.kind === 'corrupt') return 'netem may turn over a bit of the Ethernet header as well';
  const times = spec.kind === 'delay' ? spec : spec.kind === 'reorder' ? spec.delay : undefined;
  if (typeof times === 'object' && (times.correlation ?? 0) > 0)
    return "netem's correlated delays are not correlated";
  return undefined;
}
