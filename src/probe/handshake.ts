import { setTimeout as sleep } from 'node:timers/promises';
import { InterruptedError } from '../errors.js';
import type { Port } from '../netem/port.js';
import { tcpFrame } from '../packet/build.js';
import { decodeFrame, emitFrame } from '../packet/frame.js';
import { ipv4Flag } from '../packet/ipv4.js';
import { addressing } from './addressing.js';
import type { Control } from './control.js';
import { clientOptions } from './survey.js';

const tries = 3;
const steps = 10;
const firstPort = 39_000;

/**
 * Sends an ordinary client's SYN across the path, three times at most: the frames of the one that was answered and of
 * its first answer, or of the last SYN alone. Throws InterruptedError when the signal aborts.
 */
export async function captureHandshake(options: {
  readonly prober: Port;
  readonly control: Control;
  readonly open: number;
  /** Patience with one SYN, ms. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}): Promise<Uint8Array[]> {
  const { prober, control, open, timeoutMs, signal } = options;
  let frames: Uint8Array[] = [];
  const { resets } = control;
  control.resets = true;
  try {
    for (let attempt = 0; attempt < tries && frames.length < 2; attempt++) {
      const sourcePort = firstPort + attempt;
      const syn = emitFrame(
        tcpFrame({
          ethernet: { source: addressing.proberMac, destination: addressing.machineMac },
          ipv4: {
            ...{ source: addressing.survey, destination: addressing.machine },
            ...{ ttl: 64, flags: ipv4Flag.dontFragment, identification: 0x5342 + attempt },
          },
          tcp: {
            ...{ sourcePort, destinationPort: open, sequence: 0x5342_0000, window: 64_240 },
            options: [...clientOptions],
          },
        }),
      );
      frames = [syn];
      prober.onFrame = (bytes) => {
        const { ipv4, tcp } = decodeFrame(bytes);
        const isAnswer =
          ipv4?.destination === addressing.survey &&
          tcp?.sourcePort === open &&
          tcp.destinationPort === sourcePort;
        if (isAnswer && frames.length < 2) frames.push(bytes.slice());
      };
      prober.send(syn.slice());
      prober.flush();
      for (let step = 0; step < steps && frames.length < 2; step++)
        await sleep(timeoutMs / steps, undefined, { signal });
    }
    return frames;
  } catch (error) {
    if (signal?.aborted) throw new InterruptedError('the handshake was interrupted', { cause: error });
    throw error;
  } finally {
    control.resets = resets;
    prober.onFrame = undefined;
  }
}
