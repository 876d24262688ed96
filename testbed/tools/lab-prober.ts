import { AfPacketPort } from '../../src/netem/af-packet-port.js';
import { inNamespace } from '../../src/netem/linux/namespace.js';
import { turnOffloadsOff } from '../../src/netem/linux/offloads.js';
import type { Port } from '../../src/netem/port.js';
import { formatIpv4Address, formatMac } from '../../src/packet/address.js';
import { addressing } from '../../src/probe/addressing.js';
import type { Lab } from '../lab/lab.js';

const [inside, plug] = ['tool0', 'tool0w'];

/**
 * An interface in the lab for a prober that is not ours: what its programs send leaves by the prober's port and crosses
 * the machine's path, from an address and a link-layer address of the prober's; the only host that it can reach is the
 * machine. Whoever sends by the port meanwhile is not heard.
 */
export async function joinLabProber(lab: Lab, prober: Port): Promise<AsyncDisposable> {
  const machine = formatIpv4Address(addressing.machine);
  const doing = 'joining the lab to the wire';
  await lab.ip(
    [`link add ${inside} address ${formatMac(addressing.proberMac)} type veth peer name ${plug}`],
    doing,
  );
  inNamespace(lab.path, () => turnOffloadsOff([inside, plug]));
  await lab.ip(
    [
      `address add ${formatIpv4Address(addressing.survey)}/32 dev ${inside}`,
      `link set ${plug} arp off up`,
      `link set ${inside} arp off up`,
      `neighbour replace ${machine} lladdr ${formatMac(addressing.machineMac)} dev ${inside} nud permanent`,
      `route add ${machine}/32 dev ${inside}`,
    ],
    doing,
  );
  const port = AfPacketPort.open('tool', { interface: plug, namespace: lab.path });
  const before = prober.onFrame;
  port.onFrame = (frame) => {
    prober.send(frame);
    prober.flush();
  };
  prober.onFrame = (frame) => {
    port.send(frame);
    port.flush();
  };
  return {
    [Symbol.asyncDispose]: async () => {
      prober.onFrame = before;
      await port.close();
      await lab.ip([`link delete ${inside}`], 'taking the lab off the wire');
    },
  };
}
