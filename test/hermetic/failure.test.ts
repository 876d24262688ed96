import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { pullImages } from '../../images/index.js';
import { boot } from '../../testbed/boot.js';
import { QemuDriver } from '../../testbed/drivers/qemu/driver.js';
import { Lease } from '../../testbed/lease/lease.js';
import { MachineFailure } from '../../testbed/machine.js';
import { temporaryFolder } from '../support/cli.js';
import { processesWith } from '../support/processes.js';

async function failureOf(
  change: (folder: string) => Promise<{ initrd?: string; ramMib?: number }>,
  timeoutMs: number,
) {
  await using folder = await temporaryFolder();
  await using lease = await Lease.acquire();
  const image = (await pullImages(['linux-5.10'], {})).get('linux-5.10')!;
  const { initrd = image.initrd, ramMib = 256 } = await change(folder.path);
  const failure = await boot({
    driver: new QemuDriver(lease, 'tcg'),
    spec: {
      id: 'broken',
      image: { ...image, initrd },
      hardware: { ramMib, cores: 1, nic: 'virtio-net-pci' },
      sysctls: {},
      openPorts: [22],
    },
    path: { forward: [], reverse: [] },
    seed: 1,
    timeoutMs,
  }).then(
    () => undefined,
    (error: unknown) => error,
  );
  const left = [...(await processesWith('STACKBED_LEASE', lease.mark)).values()];
  return { failure: failure as MachineFailure, left };
}

test('a kernel that panics is a failed machine, with the panic on its console', {
  timeout: 120_000,
}, async () => {
  const { failure, left } = await failureOf(async (folder) => {
    const initrd = join(folder, 'initrd');
    await writeFile(initrd, 'this is no initramfs');
    return { initrd };
  }, 90_000);
  expect(failure).toBeInstanceOf(MachineFailure);
  expect(failure.reason).toContain('Kernel panic');
  expect(failure.consoleTail.join('\n')).toContain('Kernel panic');
  expect(left).toEqual([]);
});

test('a machine that is not ready in time is a failed machine, and is ended', {
  timeout: 60_000,
}, async () => {
  const { failure, left } = await failureOf(async () => ({}), 300);
  expect(failure).toBeInstanceOf(MachineFailure);
  expect(failure.reason).toContain('waited for the console to say READY');
  expect(left).toEqual([]);
});
