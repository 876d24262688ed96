import { describe, expect, it } from 'vitest';
import { Console } from '../../testbed/console.js';
import { dialogueOf, orders } from '../../testbed/drivers/qemu/snapshot/orders.js';
import type { Machine, MachineSpec } from '../../testbed/machine.js';
import { dialogueHeld } from '../../testbed/readiness/dialogue.js';

const network = { mac: '52:54:00:53:42:02', address: '172.31.0.2', prefix: 16, gateway: '172.31.0.1' };

describe('orders for a copy', () => {
  it('begin with what siblings must not share, and end with READY', () => {
    const spec = {
      sysctls: { 'net.ipv4.tcp_rmem': '4096 65536  1000000' },
      socket: { ttl: 9, maxseg: 1000 },
      openPorts: [22, 80],
    } as unknown as MachineSpec;
    const fresh = { entropy: Buffer.from('c0ffee', 'hex'), unixSeconds: 1_800_000_000 };
    expect(orders(spec, network, fresh)).toEqual([
      'entropy c0ffee',
      'clock 1800000000',
      'sysctl net.ipv4.tcp_rmem=4096:65536:1000000',
      'network 172.31.0.2/16 172.31.0.1 52:54:00:53:42:02',
      'listen 22,80 ttl=9,maxseg=1000',
      'ready',
    ]);
  });

  it('are never more at once than a terminal keeps, each part given when the one before is done', async () => {
    const lines = Array.from(
      { length: 150 },
      (_, index) => `sysctl net.ipv4.conf.all.setting_${index}=${index}`,
    );
    const output = new Console();
    const read: string[] = [];
    let unread = '';
    // Like machine.pl: one line at a time, each answered; what comes meanwhile waits in the terminal.
    const type = (text: string) => {
      unread += text;
      expect(unread.length).toBeLessThan(4096);
      setTimeout(() => {
        const taken = unread;
        unread = '';
        for (const line of taken.split('\n').slice(0, -1)) {
          read.push(line);
          output.write(Buffer.from('STACKBED DONE sysctl\r\n'));
        }
      });
    };
    const machine = { console: output, type } as unknown as Machine;
    const held = dialogueHeld(dialogueOf(lines, /GREETING/)).wait({
      machine,
      control: undefined as never,
      signal: new AbortController().signal,
    });
    expect(read).toEqual([]);
    output.write(Buffer.from('GREETING\n'));
    await held;
    await new Promise((resolve) => setTimeout(resolve));
    expect(read).toEqual(lines);
  });
});
