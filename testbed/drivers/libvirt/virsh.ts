import { type ChildProcess, spawn } from 'node:child_process';
import { hostname } from 'node:os';
import { execa } from 'execa';
import { CapabilityError } from '../../../src/errors.js';
import type { Lease } from '../../lease/lease.js';
import { findProgram } from '../../program.js';
import { complaintOf, libvirtFault, missingLibvirt } from './faults.js';

/** Patience with one order; libvirt itself waits up to 30 s for a domain that is busy. */
const patienceMs = 60_000;

/** A libvirt, as `virsh` reaches it. */
export class Virsh {
  private constructor(
    readonly uri: string,
    private readonly program: string,
    private readonly lease: Pick<Lease, 'folder' | 'environment'>,
    /** Versions of libvirt and of its QEMU, as in `libvirt 9.0.0, QEMU 7.2.22`. */
    readonly version: string,
    /** Whether it gives the files that a domain opens to another user. */
    readonly ownership: boolean,
  ) {}

  /** Path of virsh. Throws CapabilityError when it is not installed. */
  static async program(): Promise<string> {
    const program = await findProgram('virsh');
    if (!program) throw missingLibvirt('virsh');
    return program;
  }

  /**
   * Asks the libvirt at a connection URI who it is.
   *
   * @throws CapabilityError when virsh is not installed, nobody answers, this user may not, or it is another host's
   * @throws InputError for a URI of which libvirt knows nothing
   */
  static async connect(uri: string, lease: Pick<Lease, 'folder' | 'environment'>): Promise<Virsh> {
    const program = await Virsh.program();
    const ask = new Virsh(uri, program, lease, '', false);
    const host = (await ask.run('hostname')).trim();
    if (host !== hostname())
      throw new CapabilityError(
        `the libvirt at ${uri} is that of ${host}: its machines cannot reach the wire, which is on ${hostname()}`,
        { remedy: `run Stackbed on ${host}` },
      );
    // It has no version of QEMU where it has none for the host's own kind of processor.
    const words = await ask.run('version').catch(() => '');
    const version = (of: string) => new RegExp(`${of}.*?([\\d.]+)$`, 'm').exec(words)?.[1] ?? 'unknown';
    const hypervisor = `libvirt ${version('Using library')}, QEMU ${version('Running hypervisor')}`;
    // Only the system's libvirt can give files away; its capabilities would say so, but take seconds to find out.
    const ownership = /\/system\b/.test(await ask.run('uri'));
    return new Virsh(uri, program, lease, hypervisor, ownership);
  }

  private environment(): NodeJS.ProcessEnv {
    // Its words are read: they must not be translated.
    return { ...this.lease.environment(), LC_ALL: 'C' };
  }

  /** The command that gives an order, for whoever is to give it later. */
  command(...order: string[]): [string, ...string[]] {
    return [this.program, '-q', '-c', this.uri, ...order];
  }

  /** Gives one order and returns what it printed. Throws a designed error where its words have a known meaning. */
  async run(...order: string[]): Promise<string> {
    const [program, ...args] = this.command(...order);
    const { stdout, stderr, failed, timedOut } = await execa(program, args, {
      env: this.environment(),
      extendEnv: false,
      stdin: 'ignore',
      timeout: patienceMs,
      reject: false,
    });
    if (!failed) return stdout;
    const complaint = timedOut ? `no answer within ${patienceMs / 1000} s` : complaintOf(stderr);
    throw (
      libvirtFault(this.uri, complaint) ??
      new CapabilityError(`the libvirt at ${this.uri} did not do \`${order[0]}\`: ${complaint}`)
    );
  }

  /** Starts virsh with orders that it carries out one after the other on one connection, in the lease's folder. */
  begin(orders: readonly string[]): ChildProcess {
    return spawn(this.program, ['-c', this.uri, orders.join('; ')], {
      env: this.environment(),
      cwd: this.lease.folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      // Ctrl-C on a terminal goes to its whole process group: machines are ended by the run, not beside it.
      detached: true,
    });
  }
}
