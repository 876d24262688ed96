import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeFrame,
  emitFrame,
  internetChecksum,
  parseIpv4Address,
  transportChecksum,
} from '../../src/packet/index.js';
import { addressing, isControlAddress, machineNetwork, maximumCopies } from '../../src/probe/addressing.js';
import { generateProbes } from '../../src/probe/generator.js';
import { probeFrame } from '../../src/probe/probe.js';
import { readdress } from '../../src/probe/send-copy.js';

const frames = generateProbes({ seed: 2, count: 40, closedShare: 0.5 }).map((probe) =>
  probeFrame(probe, { open: 22, closed: 81 }),
);

describe('readdress', () => {
  const index = fc.nat(maximumCopies - 1);

  it('gives the frame that the probe would be with that source, checksums and all', () => {
    fc.assert(
      fc.property(fc.constantFrom(...frames), index, index, (template, first, second) => {
        const frame = template.slice();
        readdress(frame, first);
        readdress(frame, second);
        const { ipv4, tcp, ethernet } = decodeFrame(template);
        const whole = emitFrame({
          ethernet,
          ipv4: { ...ipv4!, source: addressing.copies + second, checksum: undefined },
          tcp: { ...tcp!, checksum: undefined },
        });
        expect(frame).toEqual(whole);
        expect(internetChecksum(frame, 14, 34)).toBe(0);
        expect(
          transportChecksum(frame, 34, frame.length, addressing.copies + second, addressing.machine, 6),
        ).toBe(0);
      }),
    );
  });

  it('leaves the first copy as it is', () => {
    const frame = frames[0]!.slice();
    readdress(frame, 0);
    expect(frame).toEqual(frames[0]);
  });
});

describe('the address plan', () => {
  it('keeps copies, control, gateway and machine apart', () => {
    const last = addressing.copies + maximumCopies - 1;
    expect(last).toBeLessThan(parseIpv4Address('11.0.0.0'));
    for (const address of [addressing.copies, last, addressing.gateway, addressing.machine])
      expect(isControlAddress(address)).toBe(false);
    for (const text of ['172.30.0.0', '172.30.255.255'])
      expect(isControlAddress(parseIpv4Address(text))).toBe(true);
    for (const text of ['172.29.255.255', '172.31.0.0', '44.30.0.0'])
      expect(isControlAddress(parseIpv4Address(text))).toBe(false);
  });

  it('is told to the machine in the words of its kernel', () => {
    expect(machineNetwork).toEqual({
      mac: '52:54:00:53:42:02',
      address: '172.31.0.2',
      prefix: 16,
      gateway: '172.31.0.1',
    });
  });
});
