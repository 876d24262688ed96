import { once } from 'node:events';
import { InputError, InterruptedError } from '../../../src/errors.js';
import { StreamPort } from '../../../src/netem/stream-port.js';
import type { Lease } from '../../lease/lease.js';
import type { Driver, Limits, Machine, MachineSpec, NetworkIdentity } from '../../machine.js';
import type { Accelerator } from '../qemu/arguments.js';
import { checkNic } from '../qemu/driver.js';
import { createDomain } from './domain.js';
import { domainXml } from './domain-xml.js';
import { SerialListener } from './serial.js';
import type { Virsh } from './virsh.js';

/**
 * Starts machines as transient domains of a libvirt, each with its NIC on a stream port of the wire and its serial
 * port read by us, both over TCP on the loopback: any user's QEMU can reach these, and frames are not lost.
 */
export class LibvirtDriver implements Driver {
  readonly name = 'libvirt';
  private started = 0;

  constructor(
    private readonly lease: Lease,
    readonly accelerator: Accelerator,
    /** The libvirt at a URI, or where none is named. */
    private readonly virshAt: (uri: string | undefined) => Promise<Virsh>,
  ) {}

  async start(spec: MachineSpec, network: NetworkIdentity, limits?: Limits): Promise<Machine> {
    const { appliance, process: program } = spec.image;
    if (appliance || program)
      throw new InputError(`${spec.image.id} cannot be booted by libvirt: only kernels of the catalogue can`);
    checkNic(spec);
    const virsh = await untilAborted(this.virshAt(spec.uri), limits?.signal);
    const name = `stackbed-${this.lease.mark}-${this.started++}`;
    const port = await StreamPort.listenOnLoopback(spec.id);
    const serial = await SerialListener.open();
    const xml = domainXml({
      ...{ spec, network, accelerator: this.accelerator, name, mark: this.lease.mark },
      ...{ wirePort: port.tcpPort!, consolePort: serial.port, ownership: virsh.ownership },
    });
    const release = async () => {
      await port.close();
      await serial.close();
    };
    const startedAt = performance.now();
    try {
      const domain = await createDomain(virsh, this.lease, { name, id: spec.id, xml }, limits?.signal);
      return {
        ...{ spec, network, port, console: serial.console, startedAt },
        exited: Promise.race([domain.exited, serial.left.then(() => 'the domain ended')]),
        type: (text) => serial.type(text),
        stop: async () => {
          await domain.end();
          await release();
        },
      };
    } catch (error) {
      await release();
      throw error;
    }
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
