import { expect, it, vi } from 'vitest';
import { type Direction, flowOf } from '../../src/netem/flow.js';
import { emitFrame, tcpFlag, tcpFrame } from '../../src/packet/index.js';
import { addressing } from '../../src/probe/addressing.js';
import { fakeWire } from './fake-machine.js';

const { syn, ack, rst } = tcpFlag;
const ends: Record<Direction, { source: Uint8Array; destination: Uint8Array }> = {
  forward: { source: addressing.proberMac, destination: addressing.machineMac },
  reverse: { source: addressing.machineMac, destination: addressing.proberMac },
};

function segment(direction: Direction, copy: number, flags: number, sequence = 1): Uint8Array {
  const [prober, machine] = [addressing.copies + copy, addressing.machine];
  const forward = direction === 'forward';
  return emitFrame(
    tcpFrame({
      ethernet: ends[direction],
      ipv4: { source: forward ? prober : machine, destination: forward ? machine : prober },
      tcp: { sourcePort: forward ? 40_000 : 23, destinationPort: forward ? 23 : 40_000, flags, sequence },
    }),
  );
}

/** A machine that says nothing by itself, and the copies to whom what it is told to say comes. */
function silentRig(resets: boolean) {
  const { prober, control, machine } = fakeWire();
  control.resets = resets;
  machine.hasTcp = false;
  const came: number[] = [];
  prober.onFrame = (frame) => came.push(flowOf(frame, 'reverse').proberAddress - addressing.copies);
  const say = (copy: number, flags: number) => machine.send(segment('reverse', copy, flags));
  return { prober, control, machine, came, say };
}

it('takes SYN-ACKs beyond one for each SYN off the wire, and resets them all the same', async () => {
  const { prober, control, machine, came, say } = silentRig(true);
  for (const copy of [7, 8, 8, 300_000]) prober.send(segment('forward', copy, syn));
  prober.send(segment('forward', 9, ack));
  for (let again = 0; again < 3; again++) for (const copy of [7, 8, 300_000]) say(copy, syn | ack);
  expect(came).toEqual([7, 8, 300_000, 8]);
  expect(control.retransmitted).toBe(5);
  await vi.waitUntil(() => machine.resets === 9);
});

it('lets all else pass: other segments, answers to copies that no SYN came from, and all where none is reset', () => {
  const { prober, control, came, say } = silentRig(true);
  prober.send(segment('forward', 7, syn));
  for (let again = 0; again < 2; again++) {
    say(7, rst | ack);
    say(9, syn | ack);
  }
  expect(came).toEqual([7, 9, 7, 9]);
  control.resets = false;
  for (let again = 0; again < 2; again++) say(7, syn | ack);
  expect(came.slice(4)).toEqual([7, 7]);
  expect(control.retransmitted).toBe(0);
});
