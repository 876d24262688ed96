/**
 * Stackbed as a library: real TCP/IP stacks on simulated networks, inside a program or a test.
 *
 * @example
 * import { syn, Testbed } from 'stackbed';
 *
 * await using bed = await Testbed.start({ machines: { server: 'linux-6.12+deb13' } });
 * const { response } = await bed.machine('server').probe(syn());
 * console.log(String(response)); // TCP SA ttl 64 DF win 65160 <M1460,S,T,N,W7>
 */

export { MachineFailure } from '../../testbed/machine.js';
export {
  CapabilityError,
  formatError,
  InputError,
  InputErrors,
  InterruptedError,
  StackbedError,
} from '../errors.js';
export type { BedMachine, ProbeOptions } from './bed-machine.js';
export type { BedPath, PathInput, StageInput } from './bed-path.js';
export type { BedPacket, Capture } from './capture.js';
export type { KnownKeys, MachineInput, MachineName, MachinesInput } from './machines-input.js';
export * from './packets.js';
export * from './response.js';
export * from './response-pattern.js';
export { Testbed, type TestbedOptions } from './testbed.js';
