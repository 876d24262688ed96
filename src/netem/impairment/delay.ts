import { plain, type Stage, type StageActions } from '../stage.js';
import { correlationText, uniformNumbers } from './correlation.js';
import { type Distribution, deviations } from './distribution.js';

export interface DelayTimes {
  /** Milliseconds, at least 0. */
  readonly time: number;
  /** Milliseconds; how far a delay strays from `time`, as the distribution means it; 0 for a constant delay. */
  readonly jitter: number;
  /** 0..1, of a delay with that of the packet before. */
  readonly correlation?: number | undefined;
  readonly distribution?: Distribution | undefined;
}

export interface DelaySpec extends DelayTimes {
  readonly kind: 'delay';
}

/** Draws delays in milliseconds, from the packet's draw `number`; one below zero is none. */
export function delays(times: DelayTimes, number = 0): (actions: StageActions) => number {
  const { time, jitter, correlation, distribution = 'uniform' } = times;
  if (jitter === 0) return () => time;
  const uniform = uniformNumbers(correlation, number);
  const deviation = deviations(distribution);
  return (actions) => Math.max(0, time + deviation(uniform(actions)) * jitter);
}

/** Delays as tc-netem(8) writes them. */
export function delayText({ time, jitter, correlation, distribution = 'uniform' }: DelayTimes): string {
  if (jitter === 0) return `${plain(time)}ms`;
  const shape = distribution === 'uniform' ? '' : ` distribution ${distribution}`;
  return `${plain(time)}ms ${plain(jitter)}ms${correlationText(correlation)}${shape}`;
}

/** netem's `delay TIME JITTER CORRELATION distribution NAME`; jitter may reorder (tc-netem(8)). */
export function delay(spec: DelaySpec): Stage {
  const draw = delays(spec);
  return {
    kind: 'delay',
    text: `delay ${delayText(spec)}`,
    process: (_packet, actions) => actions.hold(draw(actions)),
  };
}
