import { plain, type Stage } from '../stage.js';

export interface RateSpec {
  readonly kind: 'rate';
  /** Bits per second, above 0. */
  readonly rate: number;
  /** Bytes that each packet has more than its frame, or less. */
  readonly packetOverhead?: number | undefined;
  /** Bytes of a link layer's cell; 0 for a link without cells. */
  readonly cellSize?: number | undefined;
  /** Bytes that each cell has more. */
  readonly cellOverhead?: number | undefined;
}

/** Milliseconds that a frame of `length` bytes is on the link (sch_netem.c `packet_time_ns`). */
export function transmissionMs(length: number, spec: RateSpec): number {
  const { rate, packetOverhead = 0, cellSize = 0, cellOverhead = 0 } = spec;
  const packet = Math.max(0, length + packetOverhead);
  const bytes = cellSize > 0 ? Math.ceil(packet / cellSize) * (cellSize + cellOverhead) : packet;
  return (bytes * 8 * 1000) / rate;
}

function rateText(bits: number): string {
  const unit = bits >= 1e9 ? 'g' : bits >= 1e6 ? 'm' : bits >= 1e3 ? 'k' : '';
  return `${plain(bits / { g: 1e9, m: 1e6, k: 1e3, '': 1 }[unit])}${unit}bit`;
}

/**
 * netem's `rate RATE PACKETOVERHEAD CELLSIZE CELLOVERHEAD`: a link that takes its time for each packet, one after
 * another (tc-netem(8)). What is noted is a packet's time on the link; how long it waited for those before it
 * depends on when they came.
 */
export function rate(spec: RateSpec): Stage {
  const { packetOverhead = 0, cellSize = 0, cellOverhead = 0 } = spec;
  const extras = [packetOverhead, cellSize, cellOverhead];
  const text = `rate ${rateText(spec.rate)}${extras.some((extra) => extra !== 0) ? ` ${extras.join(' ')}` : ''}`;
  let free = 0;
  return {
    kind: 'rate',
    text,
    process: ({ frame }, actions) => {
      const now = actions.elapsed();
      const time = transmissionMs(frame.length, spec);
      free = Math.max(now, free) + time;
      actions.hold(free - now, time);
    },
  };
}
