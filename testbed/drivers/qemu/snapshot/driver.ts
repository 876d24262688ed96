import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { StreamPort } from '../../../../src/netem/stream-port.js';
import type { Lease } from '../../../lease/lease.js';
import {
  type Driver,
  type Limits,
  type Machine,
  MachineFailure,
  type MachineSpec,
  type NetworkIdentity,
} from '../../../machine.js';
import { qemuVersion } from '../../../qemu-version.js';
import { type Accelerator, monitorDescriptor, qemuArguments } from '../arguments.js';
import { checkNic, QemuDriver } from '../driver.js';
import { requireQemu } from '../platform.js';
import { type QemuProcess, startQemu } from '../process.js';
import { Qmp } from '../qmp.js';
import { dialogueOf, orders } from './orders.js';
import { capabilities, saveSnapshot } from './save.js';
import { hostBoot, type Snapshot, SnapshotStore } from './store.js';

/** File descriptors on which QEMU finds the saved state and the memory. */
const [stateDescriptor, memoryDescriptor] = [monitorDescriptor + 1, monitorDescriptor + 2];
const patience: Limits = { timeoutMs: 120_000 };
/** Raised by hand when snapshots that were made before must not be used any more. */
const format = 1;

/** Bytes that go into the random numbers of each copy: twice what the kernel's generator is seeded with. */
const freshBytes = 64;

/**
 * Starts machines as copies of a guest that was booted once: of each image and hardware a snapshot is kept,
 * taken before it had network, settings or secrets. Each copy gets randomness, time, address, settings and
 * listener of its own over its console. Appliances, which take no orders of ours, are booted cold.
 */
export class RestoringDriver implements Driver {
  readonly name = 'qemu, restored';
  private readonly cold: QemuDriver;
  private started = 0;

  constructor(
    private readonly lease: Lease,
    readonly accelerator: Accelerator,
    private readonly store = new SnapshotStore(),
  ) {
    this.cold = new QemuDriver(lease, accelerator);
  }

  /**
   * Throws MachineFailure when the guest cannot be booted for a snapshot, or a new snapshot not restored; one of an
   * earlier run that cannot be restored is made anew.
   */
  async start(spec: MachineSpec, network: NetworkIdentity, limits: Limits = patience): Promise<Machine> {
    if (spec.image.appliance) return this.cold.start(spec, network);
    checkNic(spec);
    const program = await requireQemu(spec.image.architecture);
    const key = await this.key(spec, network, program);
    for (let attempt = 1; ; attempt++) {
      const snapshot = await this.store.obtain(key, spec.hardware.ramMib, limits.signal, (memory) =>
        saveSnapshot(
          { lease: this.lease, accelerator: this.accelerator, program, spec, network, limits },
          memory,
        ),
      );
      try {
        return await this.restore(snapshot, program, spec, network);
      } catch (error) {
        await this.store.discard(key);
        if (attempt === 2) throw error;
      } finally {
        await snapshot.memory.close();
      }
    }
  }

  /** Everything that may change what is saved, and the host's clocks that a saved guest goes on with. */
  private async key({ image, hardware }: MachineSpec, { mac }: NetworkIdentity, program: string) {
    const [version, boot] = await Promise.all([qemuVersion(program), hostBoot()]);
    const { ramMib, cores, nic, machine, cpu } = hardware;
    const parts = [format, image.digest, image.append, ramMib, cores, nic, machine, cpu, mac];
    return createHash('sha256')
      .update(JSON.stringify([...parts, this.accelerator, program, version, boot]))
      .digest('hex');
  }

  private async restore(
    snapshot: Snapshot,
    program: string,
    spec: MachineSpec,
    network: NetworkIdentity,
  ): Promise<Machine> {
    const socketPath = join(this.lease.folder, `r${this.started++}.sock`);
    const port = await StreamPort.listen(spec.id, socketPath);
    // By its descriptor the file is found even if another run has removed the snapshot meanwhile.
    const memory = `/proc/self/fd/${memoryDescriptor}`;
    const args = qemuArguments({
      ...{ spec, network, accelerator: this.accelerator, socketPath },
      snapshot: { memory, purpose: 'restore' },
    });
    const qemu = await startQemu(this.lease, program, args, ['pipe', 'pipe', snapshot.memory.fd]);
    const stop = async () => {
      await qemu.stop();
      await port.close();
    };
    try {
      await resume(qemu, snapshot.state);
    } catch (error) {
      await stop();
      const reason = `the snapshot could not be restored: ${(error as Error).message}`;
      throw new MachineFailure(spec.id, reason, qemu.console.tail(20));
    }
    qemu.console.write(Buffer.from(`STACKBED RESTORED ${snapshot.key}\n`));
    const { console, startedAt, exited, type } = qemu;
    const fresh = { entropy: randomBytes(freshBytes), unixSeconds: Math.floor(Date.now() / 1000) };
    const dialogue = dialogueOf(orders(spec, network, fresh), /STACKBED RESTORED/);
    return { ...{ spec, network, port, console, startedAt, exited, type, stop, dialogue }, boot: 'restored' };
  }
}

/** Puts the state into a QEMU that waits for it, and lets the guest go on. */
async function resume({ child }: QemuProcess, state: Buffer): Promise<void> {
  const qmp = new Qmp(child.stdio[monitorDescriptor] as Duplex);
  const into = child.stdio[stateDescriptor] as Duplex;
  into.on('error', () => {});
  await qmp.execute('qmp_capabilities');
  await qmp.execute('migrate-set-capabilities', { capabilities });
  // A guest that moved to another host would be announced there; this one must send nothing unasked.
  await qmp.execute('migrate-set-parameters', { 'announce-rounds': 0 });
  const over = qmp.event('MIGRATION', ({ status }) => status === 'completed' || status === 'failed');
  await qmp.execute('migrate-incoming', { uri: `fd:${stateDescriptor}` });
  into.end(state);
  if ((await over).status !== 'completed') throw new Error('QEMU refused its state');
  await qmp.execute('cont');
}
