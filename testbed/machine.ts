import type { BootableImage } from '../images/index.js';
import type { Port } from '../src/netem/port.js';
import type { Console } from './console.js';
import type { DriverName } from './drivers/names.js';

/** The machine around an image: what may move a fingerprint though the image stays the same. */
export interface Hardware {
  readonly ramMib: number;
  readonly cores: number;
  readonly nic: string;
  /** Machine type of QEMU; by default the usual one of the image's architecture. */
  readonly machine?: string;
  /** CPU model of QEMU; by default everything that the accelerator has. */
  readonly cpu?: string;
}

/** What a machine's NIC is joined to: the user-space wire itself, or a bridge of the lab. */
export const networkKinds = ['wire', 'bridge'] as const;
export type NetworkKind = (typeof networkKinds)[number];

/** What an engine starts a container by: on the host's kernel, or on gVisor's. */
export const containerRuntimes = ['runc', 'runsc'] as const;
export type ContainerRuntime = (typeof containerRuntimes)[number];

/** What is asked of a driver: one instance of an image. */
export interface MachineSpec {
  readonly id: string;
  readonly image: BootableImage;
  readonly hardware: Hardware;
  /** Default: the one that the image needs. */
  readonly driver?: DriverName;
  /** Connection URI of the libvirt that is to start it. */
  readonly uri?: string;
  /** How a domain of libvirt is joined to the wire; default `wire`. */
  readonly network?: NetworkKind;
  /** What starts a container; default `runc`. */
  readonly runtime?: ContainerRuntime;
  /** `net.ipv4.tcp_ecn` to `0`, set in the guest before it listens. */
  readonly sysctls: Readonly<Record<string, string>>;
  /** Options of the listening sockets, as images/guest/machine.pl knows them: `rcvbuf` to 4096. */
  readonly socket?: Readonly<Record<string, number>>;
  /** TCP ports with a listener. */
  readonly openPorts: readonly number[];
}

/** Layer 2 and 3 identity of a machine on its wire, and of the prober it answers to. */
export interface NetworkIdentity {
  readonly mac: string;
  /** Dotted IPv4 address and prefix length. */
  readonly address: string;
  readonly prefix: number;
  readonly gateway: string;
}

/** One step of a dialogue on a console: when it prints this, that is typed. */
export interface Exchange {
  readonly expect: RegExp;
  readonly send: string;
}

/** From its first instruction, or as a copy of a guest that had been booted before. */
export type BootMethod = 'cold' | 'restored';

/** A machine that was started and is not stopped yet. */
export interface Machine {
  readonly spec: MachineSpec;
  readonly network: NetworkIdentity;
  readonly port: Port;
  readonly console: Console;
  /** `performance.now()` at the start of its process. */
  readonly startedAt: number;
  /** Resolves with a sentence when the machine's process is gone, for whatever reason. */
  readonly exited: Promise<string>;
  /** What is still to be said to it on its console before it can be used. */
  readonly dialogue?: readonly Exchange[];
  /** Default `cold`. */
  readonly boot?: BootMethod;
  /** Types on its console. */
  type?(text: string): void;
  stop(): Promise<void>;
}

/** How long a driver may take to start a machine, where that is more than starting a process. */
export interface Limits {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** A way to start machines. */
export interface Driver {
  readonly name: string;
  start(spec: MachineSpec, network: NetworkIdentity, limits?: Limits): Promise<Machine>;
}

/** A machine that did not become, or did not stay, usable; the rest of the run goes on. */
export class MachineFailure extends Error {
  constructor(
    readonly machine: string,
    readonly reason: string,
    readonly consoleTail: readonly string[],
  ) {
    super(`${machine}: ${reason}`);
    this.name = 'MachineFailure';
  }
}
