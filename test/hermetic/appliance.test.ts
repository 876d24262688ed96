import { expect, test } from 'vitest';
import { pullImages } from '../../images/index.js';
import { sha256File } from '../../images/sha256.js';
import { decodeFrame } from '../../src/packet/frame.js';
import { ipv4Flag } from '../../src/packet/ipv4.js';
import { parseTcpFlags } from '../../src/packet/tcp-flags.js';
import { formatTcpOptions } from '../../src/packet/tcp-options-text.js';
import { collect } from '../../src/probe/collector.js';
import { findProgram } from '../../testbed/program.js';
import { withMachine } from '../support/bed.js';
import { syn } from '../support/syn.js';

const missing = (await findProgram('qemu-img')) === undefined && process.getuid?.() !== 0;

test.skipIf(missing)(
  'an appliance with a kernel of the age of the paper gets its address by DHCP and answers',
  {
    timeout: 600_000,
  },
  async () => {
    const [image] = (await pullImages(['ttylinux-16.1'])).values();
    const disk = `${image!.folder}/disk.qcow2`;
    const before = await sha256File(disk);
    const hardware = { ramMib: 256, cores: 1, nic: 'e1000' };
    await withMachine('ttylinux-16.1', { spec: { hardware } }, async ({ prober, link, control }) => {
      const answers: Uint8Array[] = [];
      const collection = await collect({
        ...{ prober, link, control, frames: [syn(22), syn(81)], copies: 1, closedPort: 81 },
        ...{ reset: true, window: 64, timeoutMs: 10_000 },
        onResponse: (index, _copy, frame) => {
          answers[index] = frame.slice();
          return true;
        },
      });
      expect(collection).toMatchObject({ sent: 2, received: 2, unmatched: 0 });
      const open = decodeFrame(answers[0]!);
      expect(open.tcp).toMatchObject({ flags: parseTcpFlags('SA'), window: 5792, acknowledgment: 2 });
      expect(open.ipv4).toMatchObject({ ttl: 64, flags: ipv4Flag.dontFragment, identification: 0 });
      expect(formatTcpOptions(open.tcp!.options)).toBe('M1460,S,T,N,W4');
      expect(decodeFrame(answers[1]!).tcp!.flags & parseTcpFlags('R')).not.toBe(0);
    });
    expect(await sha256File(disk)).toBe(before);
  },
);
