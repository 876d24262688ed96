import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { AfPacketPort } from '../../../src/netem/af-packet-port.js';
import { packageRoot } from '../../../src/package-root.js';
import { links } from '../../../testbed/lab/iproute.js';
import { Lab } from '../../../testbed/lab/lab.js';
import { Lease } from '../../../testbed/lease/lease.js';
import { until } from '../../support/processes.js';
import { canMakeNamespaces } from '../../support/root.js';

const framesOf = (count: number, length = 60) =>
  Array.from({ length: count }, (_, index) => {
    const frame = new Uint8Array(length);
    frame.set([2, 0, 0, 0, 0, 9, 2, 0, 0, 0, 0, 8, 0x88, 0xb5]);
    new DataView(frame.buffer).setUint32(14, index);
    return frame;
  });

describe.skipIf(!canMakeNamespaces)('a lab', () => {
  test('is a namespace with bridges that have no address and nothing else', async () => {
    await using lease = await Lease.acquire();
    const lab = await Lab.open(lease);
    const [first, second] = [await lab.segment('a'), await lab.segment('b')];
    const found = await links(lab.name);
    expect(found.map(({ ifname }) => ifname).sort()).toEqual([
      ...['br0', 'br0p', 'br0w', 'br1', 'br1p', 'br1w', 'lo'],
    ]);
    expect(found.flatMap(({ addr_info }) => addr_info ?? [])).toEqual([]);
    expect(found.filter(({ master }) => master === 'br1').map(({ ifname }) => ifname)).toEqual(['br1p']);
    expect(found.find(({ ifname }) => ifname === 'br0')?.linkinfo?.info_data).toMatchObject({
      ...{ stp_state: 0, mcast_snooping: 0, nf_call_iptables: 0, nf_call_ip6tables: 0, nf_call_arptables: 0 },
    });
    expect(await second.addTap()).toBe('br1t0');
    expect((await links(lab.name)).filter(({ ifname }) => ifname === 'br1t0')).toMatchObject([
      { master: 'br1', linkinfo: { info_kind: 'tun', info_data: { type: 'tap', user: 'root' } } },
    ]);
    await first.close();
    await second.close();
    expect((await links(lab.name)).map(({ ifname }) => ifname)).toEqual(['lo']);
    await lease.release();
    expect(existsSync(lab.path)).toBe(false);
  });

  test('carries frames both ways, all of them and as they are, and says nothing unasked', async () => {
    await using lease = await Lease.acquire();
    const lab = await Lab.open(lease);
    const segment = await lab.segment('machine');
    await lab.ip(
      ['link add x0 type veth peer name x1', 'link set x1 master br0 up', 'link set x0 arp off up'],
      'adding a port',
    );
    const other = AfPacketPort.open('other', { interface: 'x0', namespace: lab.path });
    const atOther: Uint8Array[] = [];
    const atWire: Uint8Array[] = [];
    other.onFrame = (frame) => atOther.push(frame.slice());
    segment.port.onFrame = (frame) => atWire.push(frame.slice());
    const frames = framesOf(5000);
    for (const frame of frames) segment.port.send(frame);
    await until(() => atOther.length >= frames.length, 5000, 'all frames at the other port');
    expect(Buffer.concat(atOther).equals(Buffer.concat(frames))).toBe(true);
    expect(atWire).toEqual([]);
    const back = framesOf(300, 1514);
    for (const frame of back) other.send(frame);
    await until(() => atWire.length >= back.length, 5000, 'all frames at the wire');
    expect(Buffer.concat(atWire).equals(Buffer.concat(back))).toBe(true);
    expect([segment.port.lost, segment.port.refused, other.lost]).toEqual([0, 0, 0]);
    segment.port.send(new Uint8Array(1600));
    segment.port.flush();
    expect(segment.port.refused).toBe(1);
    await other.close();
    await segment.close();
  });

  test('two side by side do not meet, though their machines have equal addresses', async () => {
    await using one = await Lease.acquire();
    await using two = await Lease.acquire();
    const [first, second] = [await Lab.open(one), await Lab.open(two)];
    const [here, there] = [await first.segment('m'), await second.segment('m')];
    const strays: Uint8Array[] = [];
    there.port.onFrame = (frame) => strays.push(frame.slice());
    for (const frame of framesOf(100)) {
      frame.fill(0xff, 0, 6);
      here.port.send(frame);
    }
    here.port.flush();
    await one.release();
    expect((await links(second.name)).length).toBeGreaterThan(1);
    expect(existsSync(first.path)).toBe(false);
    await here.port.close();
    await there.close();
    expect(strays).toEqual([]);
  });

  test('of a run that is killed is removed', async () => {
    const holder = spawn(
      process.execPath,
      [
        '--input-type=module',
        '--eval',
        `import { Lease } from ${JSON.stringify(join(packageRoot, 'dist/testbed/lease/lease.js'))};
         import { Lab } from ${JSON.stringify(join(packageRoot, 'dist/testbed/lab/lab.js'))};
         const lab = await Lab.open(await Lease.acquire());
         await lab.segment('machine');
         process.stdout.write(lab.path + '\\n');
         setInterval(() => {}, 1000);`,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const [line] = (await once(holder.stdout, 'data')) as [Buffer];
    const path = line.toString().trim();
    expect(existsSync(path)).toBe(true);
    holder.kill('SIGKILL');
    await until(() => !existsSync(path), 5000, 'no namespace left');
  });
});

describe.skipIf(!canMakeNamespaces)('a packet socket', () => {
  test('on an interface that there is not is an error that names it', () => {
    expect(() => AfPacketPort.open('x', { interface: 'nonesuch0' })).toThrow(/interface nonesuch0: ENODEV/);
    expect(() => AfPacketPort.open('x', { interface: 'lo', namespace: '/run/netns/nonesuch' })).toThrow(
      /no network namespace at \/run\/netns\/nonesuch/,
    );
  });
});
