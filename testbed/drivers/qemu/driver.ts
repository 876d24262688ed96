import { join } from 'node:path';
import { InputError } from '../../../src/errors.js';
import { StreamPort } from '../../../src/netem/stream-port.js';
import type { Lease } from '../../lease/lease.js';
import type { Driver, Machine, MachineSpec, NetworkIdentity } from '../../machine.js';
import { type Accelerator, qemuArguments } from './arguments.js';
import { firmwareArguments } from './firmware.js';
import { requireQemu } from './platform.js';
import { startQemu } from './process.js';

export { requireEmulators, requireQemu } from './platform.js';

/** Throws InputError when the image has no driver for the NIC. */
export function checkNic({ image, hardware }: MachineSpec): void {
  if (image.nics.includes(hardware.nic)) return;
  throw new InputError(
    `${image.id} has no driver for the NIC ${hardware.nic}; it has: ${image.nics.join(', ')}`,
  );
}

/** Starts machines as QEMU processes, each with its NIC on a stream port of the wire. */
export class QemuDriver implements Driver {
  readonly name = 'qemu';
  private started = 0;

  constructor(
    private readonly lease: Lease,
    readonly accelerator: Accelerator,
  ) {}

  async start(spec: MachineSpec, network: NetworkIdentity): Promise<Machine> {
    checkNic(spec);
    const { appliance, architecture } = spec.image;
    const settings = [...Object.keys(spec.sysctls), ...Object.keys(spec.socket ?? {})];
    if (appliance && settings.length > 0)
      throw new InputError(
        `${settings.join(', ')} cannot be set in ${spec.image.id}: what runs in it is not ours`,
      );
    const program = await requireQemu(architecture);
    const firmware = appliance ? await firmwareArguments(appliance, architecture) : [];
    const socketPath = join(this.lease.folder, `${this.started++}.sock`);
    const port = await StreamPort.listen(spec.id, socketPath);
    const args = qemuArguments({ spec, network, accelerator: this.accelerator, socketPath, firmware });
    const { console, startedAt, exited, stop, type } = await startQemu(this.lease, program, args);
    return {
      ...{ spec, network, port, console, startedAt, exited, type },
      stop: async () => {
        await stop();
        await port.close();
      },
    };
  }
}
