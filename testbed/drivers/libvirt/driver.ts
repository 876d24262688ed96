import { once } from 'node:events';
import { InputError, InterruptedError } from '../../../src/errors.js';
import type { Libvirts } from '../../engines/libvirt.js';
import type { Lease } from '../../lease/lease.js';
import type { Driver, Limits, Machine, MachineSpec, NetworkIdentity } from '../../machine.js';
import type { Accelerator } from '../qemu/arguments.js';
import { checkNic } from '../qemu/driver.js';
import { createDomain } from './domain.js';
import { domainXml } from './domain-xml.js';
import { byLoopback, byTap, type Joining } from './joining.js';
import type { Virsh } from './virsh.js';

/**
 * Starts machines as transient domains of a libvirt, each with its NIC on a stream port of the wire or on a bridge
 * of the lab, and its serial port read by us.
 */
export class LibvirtDriver implements Driver {
  readonly name = 'libvirt';
  private started = 0;

  constructor(
    private readonly lease: Lease,
    readonly accelerator: Accelerator,
    private readonly libvirts: Pick<Libvirts, 'at' | 'inLab'>,
  ) {}

  async start(spec: MachineSpec, network: NetworkIdentity, limits?: Limits): Promise<Machine> {
    const { appliance, process: program } = spec.image;
    if (appliance || program)
      throw new InputError(`${spec.image.id} cannot be booted by libvirt: only kernels of the catalogue can`);
    checkNic(spec);
    const { virsh, joining } = await untilAborted(this.joined(spec), limits?.signal);
    const { port, serial, ends } = joining;
    const name = `stackbed-${this.lease.mark}-${this.started++}`;
    const { ownership } = virsh;
    const xml = domainXml({
      ...{ spec, network, accelerator: this.accelerator, name, mark: this.lease.mark, ends, ownership },
    });
    const startedAt = performance.now();
    try {
      const domain = await createDomain(virsh, this.lease, { name, id: spec.id, xml }, limits?.signal);
      return {
        ...{ spec, network, port, console: serial.console, startedAt },
        exited: Promise.race([domain.exited, serial.left.then(() => 'the domain ended')]),
        type: (text) => serial.type(text),
        stop: async () => {
          await domain.end();
          await joining.close();
        },
      };
    } catch (error) {
      await joining.close();
      throw error;
    }
  }

  private async joined({ id, uri, network }: MachineSpec): Promise<{ virsh: Virsh; joining: Joining }> {
    if (network !== 'bridge') return { virsh: await this.libvirts.at(uri), joining: await byLoopback(id) };
    const { virsh, lab } = await this.libvirts.inLab();
    return { virsh, joining: await byTap(id, lab, this.lease.folder) };
  }
}

/** Does not wait for what the lease's end will end: a libvirtd of our own takes seconds to try out its emulators. */
async function untilAborted<T>(waited: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return waited;
  const settled = new AbortController();
  const aborted = once(signal, 'abort', { signal: settled.signal }).then(() => {
    throw new InterruptedError('the start of a machine was interrupted');
  });
  aborted.catch(() => {});
  try {
    signal.throwIfAborted();
    return await Promise.race([waited, aborted]);
  } finally {
    settled.abort();
  }
}
