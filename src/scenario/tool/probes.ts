import { ethernetHeaderLength as ip } from '../../packet/ethernet.js';
import { ipv4HeaderLength, ipv4Identification } from '../../packet/ipv4.js';
import { tcpField, tcpHeaderLength } from '../../packet/tcp.js';
import { type Probe, probeFrame } from '../../probe/probe.js';
import type { ToolProbe } from './schema.js';

const anyPorts = { open: 1, closed: 2 };

/** A probe as a tool's file has it. */
export function toToolProbe(probe: Probe, number: number): ToolProbe {
  const frame = probeFrame(probe, anyPorts);
  const tcp = ip + ipv4HeaderLength(frame, ip);
  const options = frame.subarray(tcp + tcpField.options, tcp + tcpHeaderLength(frame, tcp));
  return {
    number,
    target: probe.target,
    tos: probe.tos,
    identification: probe.identification,
    ip_flags: probe.ipFlags,
    ttl: probe.ttl,
    source_port: probe.sourcePort,
    sequence: probe.sequence,
    acknowledgment: probe.acknowledgment,
    reserved: probe.reserved,
    flags: probe.flags,
    window: probe.window,
    urgent_pointer: probe.urgentPointer,
    options: Buffer.from(options).toString('hex'),
  };
}

/** The probe that a tool's file describes: the same bytes on the wire. */
export function fromToolProbe(given: ToolProbe): Probe {
  const bytes = new Uint8Array(Buffer.from(given.options, 'hex'));
  return {
    target: given.target,
    tos: given.tos,
    identification: given.identification,
    ipFlags: given.ip_flags,
    ttl: given.ttl,
    sourcePort: given.source_port,
    sequence: given.sequence,
    acknowledgment: given.acknowledgment,
    reserved: given.reserved,
    flags: given.flags,
    window: given.window,
    urgentPointer: given.urgent_pointer,
    options: bytes.length > 0 ? [{ type: 'raw', bytes }] : [],
  };
}

/** Equal for probes that are the same bytes wherever they are sent. */
export function probeIdentity(probe: Probe): string {
  return Buffer.from(probeFrame(probe, anyPorts)).toString('latin1');
}

/** Equal for a probe's frame on any path: without addresses, TTL, the port asked and checksums. */
export function sentIdentity(frame: Uint8Array): string {
  const tcp = ip + ipv4HeaderLength(frame, ip);
  const end = tcp + tcpHeaderLength(frame, tcp);
  const parts = [
    frame.subarray(tcp, tcp + 2),
    frame.subarray(tcp + tcpField.sequence, tcp + tcpField.checksum),
    frame.subarray(tcp + tcpField.urgentPointer, end),
  ];
  return [ipv4Identification(frame, ip), ...parts.map((part) => Buffer.from(part).toString('hex'))].join(' ');
}
