import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CapabilityError } from '../../src/errors.js';
import { inNamespace } from '../../src/netem/linux/namespace.js';
import type { Lease } from '../lease/lease.js';
import { addNamespace, batch, namespaceFolder } from './iproute.js';
import { Segment } from './segment.js';

/**
 * Kernel settings of the lab's namespace: nothing is said unasked, and no packet filter sees bridged frames.
 */
const settings: Readonly<Record<string, string>> = {
  'net/ipv6/conf/all/disable_ipv6': '1',
  'net/ipv6/conf/default/disable_ipv6': '1',
  'net/ipv4/ip_forward': '0',
  'net/bridge/bridge-nf-call-iptables': '0',
  'net/bridge/bridge-nf-call-ip6tables': '0',
  'net/bridge/bridge-nf-call-arptables': '0',
};

/** Name of the network namespace of a lease. */
export const namespaceName = (mark: string) => `stackbed-${mark}`;

/**
 * The network of one run for machines that do not speak to a socket: a network namespace that has no way out
 * and no address, with a bridge for each machine in it. The lease's reaper removes it, with all that is in
 * it.
 */
export class Lab {
  private segments = 0;

  private constructor(
    /** As `ip netns` has it. */
    readonly name: string,
  ) {}

  /** @throws CapabilityError saying what is missing: Linux, iproute2, or the privileges of root */
  static async open(lease: Lease): Promise<Lab> {
    requirePrivileges();
    const lab = new Lab(namespaceName(lease.mark));
    await lease.willUndo(['sh', '-c', `[ ! -e '${lab.path}' ] || ip netns delete '${lab.name}'`]);
    await addNamespace(lab.name);
    inNamespace(lab.path, () => {
      for (const [name, value] of Object.entries(settings)) {
        const path = join('/proc/sys', name);
        // A kernel without IPv6, or without bridges' packet filter, has nothing to be turned off.
        if (existsSync(path)) writeFileSync(path, value);
      }
    });
    return lab;
  }

  /** The one lab of a lease, opened when it is first asked for; to be called once. */
  static of(lease: Lease): () => Promise<Lab> {
    let opened: Promise<Lab> | undefined;
    return () => {
      opened ??= Lab.open(lease);
      return opened;
    };
  }

  /** Path of the network namespace. */
  get path(): string {
    return join(namespaceFolder, this.name);
  }

  /** A bridge of its own for one machine, joined to the wire by a port. */
  async segment(machine: string): Promise<Segment> {
    return Segment.create(this, `br${this.segments++}`, machine);
  }

  /** Runs commands of ip(8) in the lab. */
  async ip(lines: readonly string[], doing: string): Promise<void> {
    await batch(this.name, lines, doing);
  }
}

/** @throws CapabilityError unless this process may make network namespaces */
export function requirePrivileges(): void {
  if (process.platform !== 'linux')
    throw new CapabilityError(`a lab needs Linux's network namespaces; this is ${process.platform}`);
  if (process.geteuid?.() !== 0)
    throw new CapabilityError('a lab needs root: it makes a network namespace and a bridge', {
      remedy: 'run as root, or boot these machines with the driver qemu, which needs no privileges',
    });
}
