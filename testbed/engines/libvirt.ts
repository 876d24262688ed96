import { execa } from 'execa';
import { Virsh } from '../drivers/libvirt/virsh.js';
import type { Lab } from '../lab/lab.js';
import type { Lease } from '../lease/lease.js';
import { labEngine } from './lab-state.js';
import { findLibvirtd, startLibvirtd } from './libvirtd.js';

/**
 * The URI of the libvirt that is meant where a scenario names none: that of libvirt's own variable, or that of the lab
 * that is up; undefined for one that is started for the run alone.
 */
export async function usualLibvirt(): Promise<string | undefined> {
  return process.env.LIBVIRT_DEFAULT_URI || (await labEngine())?.libvirt;
}

/**
 * Who the libvirt at a URI is, or that which is used where none is named, for people.
 *
 * @throws StackbedError when it cannot be used here
 */
export async function libvirtVersion(given: string | undefined): Promise<string> {
  const uri = given ?? (await usualLibvirt());
  if (uri !== undefined) {
    const { version } = await Virsh.connect(uri, { folder: '.', environment: () => process.env });
    return `${version} (${uri})`;
  }
  return ownLibvirtVersion();
}

/** The libvirt that is started for a run alone. @throws CapabilityError when it is not installed */
export async function ownLibvirtVersion(): Promise<string> {
  const program = await findLibvirtd();
  await Virsh.program();
  const { stdout } = await execa(program, ['--version'], { reject: false });
  return `libvirt ${/[\d.]+$/.exec(stdout)?.[0] ?? 'unknown'} (for this run alone)`;
}

/** The libvirts of one lease: each is asked, or started, when its first machine is. */
export class Libvirts {
  private readonly known = new Map<string | undefined, Promise<Virsh>>();
  private onBridges: Promise<{ virsh: Virsh; lab: Lab }> | undefined;

  /**
   * @param architectures those of all machines that may be asked for
   * @param openLab the lab of the lease
   */
  constructor(
    private readonly lease: Lease,
    private readonly architectures: Iterable<string>,
    private readonly openLab: () => Promise<Lab>,
  ) {}

  /**
   * A libvirt of the lease's own whose machines are in the lab, and can have interfaces on its bridges.
   *
   * @throws CapabilityError without root, or when libvirt is not installed or does not come up
   */
  inLab(): Promise<{ virsh: Virsh; lab: Lab }> {
    this.onBridges ??= this.startInLab();
    return this.onBridges;
  }

  private async startInLab() {
    const lab = await this.openLab();
    const { uri } = await startLibvirtd(this.lease, this.architectures, { namespace: lab.path });
    return { virsh: await Virsh.connect(uri, this.lease), lab };
  }

  /** @throws StackbedError when it cannot be used, each time that it is asked for */
  at(uri: string | undefined): Promise<Virsh> {
    const known = this.known.get(uri) ?? this.reach(uri);
    this.known.set(uri, known);
    return known;
  }

  private async reach(uri: string | undefined): Promise<Virsh> {
    const there = uri ?? (await usualLibvirt()) ?? (await startLibvirtd(this.lease, this.architectures)).uri;
    return Virsh.connect(there, this.lease);
  }
}
