import { formatIpv4Address, formatMac, parseIpv4Address, parseMac } from '../packet/address.js';

/**
 * The address plan of a wire. Each copy of each probe has a source address of its own, so that an answer
 * names the copy it belongs to and copies of one probe differ in nothing else; the machine reaches all of
 * them through the prober as its gateway. The testbed's own packets come from another block.
 */
export const addressing = {
  proberMac: parseMac('02:53:42:00:00:01'),
  gateway: parseIpv4Address('172.31.0.1'),
  machineMac: parseMac('52:54:00:53:42:02'),
  machine: parseIpv4Address('172.31.0.2'),
  prefix: 16,
  /** Source address of the first probe copy; the next 16 million follow. */
  copies: parseIpv4Address('10.0.0.1'),
  /** 172.30.0.0/16: sentinels and readiness checks. */
  control: parseIpv4Address('172.30.0.0'),
  /** Source address of a survey's questions, past those of the copies. */
  survey: parseIpv4Address('10.255.0.1'),
} as const;

/** Probe copies that the plan has addresses for. */
export const maximumCopies = 16_000_000;

const controlMask = 0xffff_0000;

/** True for an address of the testbed's own packets. */
export function isControlAddress(address: number): boolean {
  return (address & controlMask) >>> 0 === addressing.control;
}

/** True for an address of 10.0.0.0/8: those of probe copies and of the survey. */
export function isCopyAddress(address: number): boolean {
  return address >>> 24 === addressing.copies >>> 24;
}

/** How a machine on a wire of its own is configured. */
export const machineNetwork = {
  mac: formatMac(addressing.machineMac),
  address: formatIpv4Address(addressing.machine),
  prefix: addressing.prefix,
  gateway: formatIpv4Address(addressing.gateway),
} as const;
