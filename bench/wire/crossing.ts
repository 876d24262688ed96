import { emitFrame, parseIpv4Address, tcpFrame } from '../../src/packet/index.js';
import { addressing } from '../../src/probe/addressing.js';
import { readdress } from '../../src/probe/send-copy.js';

/** Where frames go in or come out. */
export interface End {
  send(frame: Uint8Array): void;
  /** Sends what was batched. */
  flush(): void;
  onArrival: ((frames: number) => void) | undefined;
}

/** What crossed. */
export interface Crossing {
  readonly sent: number;
  readonly arrived: number;
  /** From the first frame sent to the last one that arrived. */
  readonly wallMs: number;
}

/** Some are lost on the way and some doubled: when none came for so long, none is on the way any more. */
const quietMs = 1000;
const burst = 32;

/** A SYN as Linux sends it, of 74 bytes. */
export const synFrame: Uint8Array = emitFrame(
  tcpFrame({
    ethernet: { source: addressing.proberMac, destination: addressing.machineMac },
    ipv4: { source: addressing.copies, destination: parseIpv4Address('172.31.0.2'), ttl: 64 },
    tcp: {
      ...{ sourcePort: 40_000, destinationPort: 80, sequence: 1 },
      options: [
        { type: 'mss', value: 1460 },
        { type: 'sackPermitted' },
        { type: 'timestamps', value: 1, echo: 0 },
        { type: 'nop' },
        { type: 'windowScale', shift: 7 },
      ],
    },
  }),
);

/** Sends `frames` frames, each of a flow of its own, with at most `window` on the way. */
export function cross(from: End, to: End, frames: number, window: number): Promise<Crossing> {
  const frame = synFrame.slice();
  const startedAt = performance.now();
  let [sent, arrived, onTheWay, lastAt] = [0, 0, 0, startedAt];
  const pump = () => {
    while (sent < frames && window - onTheWay >= burst) {
      const end = Math.min(frames, sent + burst);
      for (; sent < end; sent++) {
        readdress(frame, sent);
        from.send(frame);
      }
      onTheWay += burst;
      from.flush();
    }
  };
  return new Promise((resolve) => {
    const watch = setInterval(() => {
      if (performance.now() - lastAt < quietMs) return;
      onTheWay = 0;
      lastAt = performance.now();
      if (sent < frames) pump();
      else {
        clearInterval(watch);
        to.onArrival = undefined;
        resolve({ sent, arrived, wallMs: arrivedAt - startedAt });
      }
    }, quietMs / 4);
    let arrivedAt = startedAt;
    to.onArrival = (count) => {
      arrived += count;
      onTheWay = Math.max(0, onTheWay - count);
      arrivedAt = lastAt = performance.now();
      pump();
    };
    pump();
  });
}
