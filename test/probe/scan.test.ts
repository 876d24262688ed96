import { expect, it } from 'vitest';
import { scanPorts, usualPorts } from '../../src/probe/scan.js';
import { fakeWire, ports } from './fake-machine.js';

it('tells open, closed and silent ports apart, and the prober sees nothing of it', async () => {
  const rig = fakeWire();
  const seen: Uint8Array[] = [];
  rig.prober.onFrame = (frame) => seen.push(frame.slice());
  const deaf = 4000;
  const answer = rig.machine.outbound;
  rig.machine.outbound = (frame, toProbe) => {
    if (((frame[34]! << 8) | frame[35]!) !== deaf) answer(frame, toProbe);
  };
  const states = await scanPorts(rig.control, [ports.closed, deaf, ports.open], { roundMs: 50 });
  expect([...states]).toEqual([
    [ports.closed, 'closed'],
    [deaf, 'silent'],
    [ports.open, 'open'],
  ]);
  expect(rig.machine.resets).toBe(1);
  expect(seen).toEqual([]);
});

it('looks at every usual port once, in batches', async () => {
  const rig = fakeWire();
  const states = await scanPorts(rig.control, usualPorts, { roundMs: 1000 });
  expect(states.size).toBe(usualPorts.length);
  expect([...states].filter(([, state]) => state !== 'closed')).toEqual([[ports.open, 'open']]);
});

it('ends when it is told to', async () => {
  const signal = AbortSignal.abort(new Error('enough'));
  await expect(scanPorts(fakeWire().control, [1], { roundMs: 50, signal })).rejects.toThrow('enough');
});
