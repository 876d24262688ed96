import { describe, expect, test } from 'vitest';
import { pullImages } from '../../images/index.js';
import { tcpFrame } from '../../src/packet/build.js';
import { decodeFrame, emitFrame } from '../../src/packet/frame.js';
import { formatTcpFlags, parseTcpFlags } from '../../src/packet/tcp-flags.js';
import { formatTcpOptions } from '../../src/packet/tcp-options-text.js';
import { addressing } from '../../src/probe/addressing.js';
import { collect } from '../../src/probe/collector.js';
import { machineSpec } from '../../src/scenario/machine-spec.js';
import { fleetOf } from '../scenario/scenario-text.js';
import { withMachine } from '../support/bed.js';

/** A SYN with every option of today's clients, asking for ECN (RFC 3168). */
function syn(port: number): Uint8Array {
  return emitFrame(
    tcpFrame({
      ethernet: { source: addressing.proberMac, destination: addressing.machineMac },
      ipv4: { source: addressing.copies, destination: addressing.machine, identification: 1 },
      tcp: {
        sourcePort: 40_000,
        destinationPort: port,
        sequence: 1,
        flags: parseTcpFlags('SEC'),
        window: 64_240,
        options: [
          { type: 'mss', value: 1460 },
          { type: 'sackPermitted' },
          { type: 'timestamps', value: 7, echo: 0 },
          { type: 'nop' },
          { type: 'windowScale', shift: 7 },
        ],
      },
    }),
  );
}

/** What the only machine of a scenario block answers on its open and on its closed port. */
async function answers(block: string) {
  const [planned] = fleetOf(`machines: [${block}]`);
  const image = (await pullImages([planned!.image], {})).get(planned!.image)!;
  const spec = machineSpec(planned!, image, [22]);
  return withMachine(planned!.image, { spec }, async ({ prober, link, control }) => {
    const frames: Uint8Array[] = [];
    await collect({
      ...{ prober, link, control, frames: [syn(22), syn(81)], copies: 1, closedPort: 81, reset: true },
      ...{ window: 256, timeoutMs: 10_000 },
      onResponse: (probe, _copy, frame) => {
        frames[probe] = frame.slice();
        return true;
      },
    });
    const [synAck, reset] = frames.map(decodeFrame);
    return {
      flags: formatTcpFlags(synAck!.tcp!.flags),
      window: synAck!.tcp!.window,
      options: formatTcpOptions(synAck!.tcp!.options),
      ttl: synAck!.ipv4!.ttl,
      tos: synAck!.ipv4!.tos,
      ttlOfReset: reset!.ipv4!.ttl,
    };
  });
}

describe('configuration and application move the SYN-ACK of one and the same image', {
  timeout: 240_000,
}, () => {
  test('stock: every option is answered, ECN granted', async () => {
    expect(await answers('{image: linux-6.12+deb13}')).toEqual({
      ...{ flags: 'SAE', window: 65_160, options: 'M1460,S,T,N,W5', ttl: 64, tos: 0, ttlOfReset: 64 },
    });
  });

  test('presets joined, and hardware beside them: each does what it says, in the guest', async () => {
    const block = `{image: linux-6.12+deb13, machine: q35, cpu: qemu64,
      configuration: timestamps-off+window-scaling-off+ecn-off+ttl-128,
      application: small-buffer+interactive, socket: {maxseg: 1000, ttl: 200}}`;
    expect(await answers(block)).toEqual({
      // Half of twice the 4096 bytes of the buffer, in whole segments.
      ...{ flags: 'SA', window: 4000, options: 'M1000,N,N,S', ttl: 200, tos: 16, ttlOfReset: 128 },
    });
  });
});
