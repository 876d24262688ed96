import { readlink } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { CapabilityError } from '../../src/errors.js';
import { hostLacks, hostPrograms, tryOnHost } from '../../testbed/host-box/host.js';
import { ScratchNamespace } from '../../testbed/host-box/scratch-namespace.js';

const interfaces = { prober: 'eth0', machine: 'eth1' };
const sh = (script: string) => ({ argv: ['/bin/sh', '-c', script] as [string, ...string[]] });

/** Not every machine lets every user make one. */
const allowed = await ScratchNamespace.open().then(
  async (scratch) => {
    await scratch[Symbol.asyncDispose]();
    return true;
  },
  () => false,
);

describe.skipIf(!allowed)('the host as the box of a path', () => {
  it('tries commands in a network namespace that is not the host’s and has the two interfaces', async () => {
    const own = await readlink('/proc/self/ns/net');
    await tryOnHost(
      [
        sh('test -e /proc/sys/net/ipv4/conf/eth0 && test -e /proc/sys/net/ipv4/conf/eth1'),
        sh(`test "$(readlink /proc/self/ns/net)" != '${own}'`),
      ],
      interfaces,
    );
  });

  it('takes the namespace away again, with the process that held it', async () => {
    const scratch = await ScratchNamespace.open();
    expect((await scratch.run(['/bin/cat'], 'told')).stdout).toBe('told');
    await scratch[Symbol.asyncDispose]();
    expect((await scratch.run(['/bin/true'])).exitCode).not.toBe(0);
  });

  it('says what the kernel refused, what it said and what to use instead', async () => {
    const refused = tryOnHost([sh('echo no such thing >&2; exit 2'), sh('exit 0')], interfaces);
    await expect(refused).rejects.toThrow(CapabilityError);
    await expect(refused).rejects.toThrow(/it refused\n +\/bin\/sh -c .*\n +and said\n +no such thing$/);
    await expect(refused).rejects.toMatchObject({ remedy: expect.stringContaining('netem appliance') });
  });

  it('finds out about netem and nft by using them', async () => {
    const lacks = await hostLacks();
    const loss = ['qdisc', 'add', 'dev', 'eth1', 'root', 'netem', 'loss', '1%'];
    const netem = await hostPrograms(['tc'])
      .then(({ tc }) => tryOnHost([{ argv: [tc!, ...loss] }], interfaces))
      .then(
        () => true,
        () => false,
      );
    expect(lacks.some((text) => text.startsWith('tc: '))).toBe(!netem);
  });
});
