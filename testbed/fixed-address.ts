import type { Port } from '../src/netem/port.js';
import { TranslatedPort } from '../src/netem/translated-port.js';
import { parseIpv4Address } from '../src/packet/address.js';
import { addressing } from '../src/probe/addressing.js';
import type { Machine } from './machine.js';

/** The first host of a network that is not `address`: where routers usually are. */
function usualRouter(address: number, prefix: number): number {
  const network = (address & (0xffff_ffff << (32 - prefix))) >>> 0;
  return network + 1 === address ? network + 2 : network + 1;
}

/** A machine's port, with the address of the wire's plan whatever address is set inside it. */
export function portOf({ port, spec }: Machine): Port {
  const address = spec.image.appliance?.address;
  if (typeof address !== 'object') return port;
  const inside = parseIpv4Address(address.address);
  return new TranslatedPort(
    port,
    { inside, outside: addressing.machine },
    { inside: usualRouter(inside, address.prefix), outside: addressing.gateway },
  );
}
