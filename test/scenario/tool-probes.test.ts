import { expect, it } from 'vitest';
import { generateProbes } from '../../src/probe/generator.js';
import { probeFrame } from '../../src/probe/probe.js';
import { readdress } from '../../src/probe/send-copy.js';
import { fromToolProbe, probeIdentity, sentIdentity, toToolProbe } from '../../src/scenario/tool/probes.js';

const probes = generateProbes({ seed: 3, count: 2000, closedShare: 0.25 });
const ports = { open: 22, closed: 81 };

it('keeps every byte of a probe in a file', () => {
  for (const [number, probe] of probes.entries()) {
    const kept = JSON.parse(JSON.stringify(toToolProbe(probe, number)));
    expect(probeFrame(fromToolProbe(kept), ports)).toEqual(probeFrame(probe, ports));
    expect(probeIdentity(fromToolProbe(kept))).toBe(probeIdentity(probe));
  }
});

it('knows a probe wherever it is sent from, and no other for it', () => {
  const sent = probes.map((probe, copy) => {
    const frame = probeFrame(probe, { open: 443, closed: 9 });
    readdress(frame, copy);
    return sentIdentity(frame);
  });
  expect(sent).toEqual(probes.map((probe) => sentIdentity(probeFrame(probe, ports))));
  expect(new Set(sent).size).toBe(probes.length);
});
