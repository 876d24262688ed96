import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { applianceSchema } from '../../images/appliance/appliance.js';
import { RestoringDriver } from '../../testbed/drivers/qemu/snapshot/driver.js';
import { SnapshotStore } from '../../testbed/drivers/qemu/snapshot/store.js';
import { Lease } from '../../testbed/lease/lease.js';
import type { MachineSpec } from '../../testbed/machine.js';

const network = { mac: '52:54:00:53:42:02', address: '172.31.0.2', prefix: 16, gateway: '172.31.0.1' };

it('a machine that is not ours takes no orders: no snapshot is made of it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'stackbed-snapshots-'));
  try {
    await using lease = await Lease.acquire();
    const driver = new RestoringDriver(lease, 'tcg', new SnapshotStore(folder));
    const appliance = applianceSchema.parse({ medium: 'disk' });
    const image = { id: 'own', architecture: 'amd64', nics: ['e1000'], appliance };
    const hardware = { ramMib: 128, cores: 1, nic: 'e1000' };
    const spec = { id: 'own', image, hardware, sysctls: { 'net.ipv4.tcp_ecn': '0' }, openPorts: [22] };
    await expect(driver.start(spec as unknown as MachineSpec, network)).rejects.toThrow('is not ours');
    expect(await readdir(folder)).toEqual([]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
