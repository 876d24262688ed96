import type { BootableImage } from '../../images/index.js';
import { CapabilityError } from '../../src/errors.js';
import { formatMac } from '../../src/packet/address.js';
import { addressing, machineNetwork } from '../../src/probe/addressing.js';
import { type BootedMachine, boot } from '../../testbed/boot.js';
import { qemuArguments } from '../../testbed/drivers/qemu/arguments.js';
import { requireQemu } from '../../testbed/drivers/qemu/platform.js';
import { startQemu } from '../../testbed/drivers/qemu/process.js';
import { Lab } from '../../testbed/lab/lab.js';
import type { Segment } from '../../testbed/lab/segment.js';
import { Lease } from '../../testbed/lease/lease.js';
import type { Driver, Machine, MachineSpec, NetworkIdentity } from '../../testbed/machine.js';
import { findProgram } from '../../testbed/program.js';
import { guestOf } from './guest.js';

/** Starts QEMU as the driver of that name does, but on a tap interface of a bridge in the lab. */
class TapQemu implements Driver {
  readonly name = 'qemu on a tap';
  /** The bridge of the guest that was started last. */
  segment: Segment | undefined;

  constructor(
    private readonly lease: Lease,
    private readonly lab: Lab,
  ) {}

  async start(spec: MachineSpec, network: NetworkIdentity): Promise<Machine> {
    const nsenter = await findProgram('nsenter');
    if (!nsenter) throw new CapabilityError('nsenter is not in PATH: a guest on a tap needs it');
    const segment = await this.lab.segment(spec.id);
    this.segment = segment;
    const tap = `${segment.bridge}t`;
    await this.lab.ip(
      [`tuntap add dev ${tap} mode tap`, `link set ${tap} master ${segment.bridge} up`],
      'making a tap interface',
    );
    // Without the header of virtio the guest's offloads are off, as they are on a stream.
    const netdev = `tap,id=n0,ifname=${tap},script=no,downscript=no,vnet_hdr=off`;
    const args = qemuArguments({ spec, network, accelerator: 'tcg', socketPath: '' }).map((word) =>
      word.startsWith('stream,') ? netdev : word,
    );
    const program = await requireQemu(spec.image.architecture);
    const { console, startedAt, exited, stop, type } = await startQemu(this.lease, nsenter, [
      `--net=${this.lab.path}`,
      '--',
      program,
      ...args,
    ]);
    return {
      ...{ spec, network, port: segment.port, console, startedAt, exited, type },
      stop: async () => {
        await stop();
        await segment.close();
      },
    };
  }
}

/** A guest on a tap and a bridge in a namespace of its own, and the place of its gateway for programs that probe it. */
export interface BridgedGuest extends AsyncDisposable {
  /** Path of the network namespace. */
  readonly namespace: string;
  /** The bridge, which has the gateway's addresses. */
  readonly interface: string;
  readonly environment: NodeJS.ProcessEnv;
}

/** @throws CapabilityError without root, or without a tap device */
export async function bootBridged(image: BootableImage): Promise<BridgedGuest> {
  const lease = await Lease.acquire();
  let booted: BootedMachine | undefined;
  const dispose = async () => {
    await booted?.[Symbol.asyncDispose]();
    await lease.release();
  };
  try {
    const lab = await Lab.open(lease);
    const driver = new TapQemu(lease, lab);
    booted = await boot(guestOf(driver, image));
    // From here on the peers are the machine's gateway.
    booted.wire.detach(booted.link);
    const { bridge } = driver.segment!;
    await lab.ip(
      [
        `link set ${bridge} address ${formatMac(addressing.proberMac)}`,
        `address add ${machineNetwork.gateway}/${machineNetwork.prefix} dev ${bridge}`,
      ],
      'giving the bridge the addresses of the gateway',
    );
    return {
      ...{ namespace: lab.path, interface: bridge, environment: lease.environment() },
      [Symbol.asyncDispose]: dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}
