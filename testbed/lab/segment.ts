import { AfPacketPort } from '../../src/netem/af-packet-port.js';
import { inNamespace } from '../../src/netem/linux/namespace.js';
import { turnOffloadsOff } from '../../src/netem/linux/offloads.js';
import type { NetworkIdentity } from '../machine.js';
import { batchOf } from './iproute.js';
import type { Lab } from './lab.js';

/**
 * A bridge that learns at once, has no spanning tree, asks no questions and shows nothing to packet filters.
 */
const bridgeOptions = [
  ...['stp_state 0', 'forward_delay 0', 'mcast_snooping 0'],
  ...['nf_call_iptables 0', 'nf_call_ip6tables 0', 'nf_call_arptables 0'],
].join(' ');

/** Frames that wait in a tap device: more than a prober ever has on the way. */
const tapQueue = 4096;

/**
 * One machine's piece of the lab: a bridge without an address, and a port of the wire on it. All machines
 * have the same addresses, so each has a bridge of its own.
 */
export class Segment {
  private joined = 0;
  private readonly taps: string[] = [];

  private constructor(
    private readonly lab: Lab,
    /** The bridge's name in the lab. */
    readonly bridge: string,
    readonly port: AfPacketPort,
  ) {}

  static async create(lab: Lab, bridge: string, machine: string): Promise<Segment> {
    const [wire, plug] = [`${bridge}w`, `${bridge}p`];
    await lab.ip(
      [
        `link add ${bridge} type bridge ${bridgeOptions}`,
        `link add ${wire} type veth peer name ${plug}`,
        `link set ${plug} master ${bridge}`,
        `link set ${wire} arp off`,
      ],
      `making a bridge for ${machine}`,
    );
    inNamespace(lab.path, () => turnOffloadsOff([bridge, wire, plug]));
    await lab.ip(
      [plug, wire, bridge].map((name) => `link set ${name} up`),
      `bringing up a bridge for ${machine}`,
    );
    return new Segment(lab, bridge, AfPacketPort.open(machine, { interface: wire, namespace: lab.path }));
  }

  /**
   * Gives the network namespace of a process an interface `eth0` on the bridge, with its addresses and no
   * offloads.
   */
  async join(pid: number, network: NetworkIdentity): Promise<void> {
    const [inside, plug] = [`${this.bridge}i${this.joined}`, `${this.bridge}m${this.joined++}`];
    const doing = `joining process ${pid} to the bridge ${this.bridge}`;
    await this.lab.ip(
      [
        `link add ${inside} address ${network.mac} type veth peer name ${plug}`,
        `link set ${plug} master ${this.bridge}`,
      ],
      doing,
    );
    inNamespace(this.lab.path, () => turnOffloadsOff([inside, plug]));
    await this.lab.ip([`link set ${plug} up`, `link set ${inside} netns ${pid} name eth0`], doing);
    await batchOf(
      pid,
      [
        'link set lo up',
        `address add ${network.address}/${network.prefix} dev eth0`,
        'link set eth0 up',
        `route add default via ${network.gateway}`,
      ],
      doing,
    );
  }

  /**
   * Adds a tap device to the bridge, without offloads, that a process of this user in the lab may open: of this user
   * by its number, whatever it is called in a user namespace.
   *
   * @returns its name
   */
  async addTap(): Promise<string> {
    const tap = `${this.bridge}t${this.taps.length}`;
    const doing = `adding a tap device to the bridge ${this.bridge}`;
    await this.lab.ip(
      [
        `tuntap add dev ${tap} mode tap user ${process.geteuid!()}`,
        `link set ${tap} master ${this.bridge} txqueuelen ${tapQueue}`,
      ],
      doing,
    );
    this.taps.push(tap);
    inNamespace(this.lab.path, () => turnOffloadsOff([tap]));
    await this.lab.ip([`link set ${tap} up`], doing);
    return tap;
  }

  /** Removes the bridge, its taps and the wire's port; an interface in a machine goes with the machine. */
  async close(): Promise<void> {
    await this.port.close();
    await this.lab.ip(
      [`${this.bridge}w`, ...this.taps, this.bridge].map((name) => `link delete ${name}`),
      `removing the bridge ${this.bridge}`,
    );
  }
}
