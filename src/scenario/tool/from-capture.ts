import { readFile } from 'node:fs/promises';
import { RawResponses } from '../../dataset/raw.js';
import { fieldsOfFrames, summarize } from '../../dataset/summarize.js';
import type { MachineSummary } from '../../dataset/summary.js';
import { TextTable } from '../../dataset/texts.js';
import { InputError } from '../../errors.js';
import { ethernetEtherType, ethernetHeaderLength, etherType } from '../../packet/ethernet.js';
import {
  checkIpv4Length,
  ipProtocol,
  ipv4Destination,
  ipv4HeaderLength,
  ipv4Protocol,
  ipv4Source,
} from '../../packet/ipv4.js';
import { isPcap, readPcap } from '../../packet/pcap-reader.js';
import { linkTypeEthernet } from '../../packet/pcapng.js';
import { readPcapng } from '../../packet/pcapng-reader.js';
import { checkTcpLength } from '../../packet/tcp.js';
import { fields } from '../../probe/fields.js';
import { answers } from '../../probe/match.js';
import { probeFrame } from '../../probe/probe.js';
import { readFields } from '../../probe/read-fields.js';
import { fromToolProbe, sentIdentity } from './probes.js';
import type { Tool } from './schema.js';

const ip = ethernetHeaderLength;
/** A path's capture has every packet at each of its points: this is where answers are as the prober got them. */
const proberPoint = 'prober';

interface Sent {
  readonly probe: number;
  readonly copy: number;
  readonly frame: Uint8Array;
}

/** The IPv4 frames of a capture, as the prober saw them. */
function framesOf(file: Uint8Array, name: string): Uint8Array[] {
  const packets = isPcap(file)
    ? readPcap(file, name)
    : [...readPcapng(file, name)].map(({ bytes, interface: { linkType, name: point } }) => ({
        bytes,
        linkType,
        point,
      }));
  const atProber = packets.filter(({ point }) => point === proberPoint);
  const chosen = atProber.length > 0 ? atProber : packets;
  return chosen.flatMap(({ bytes, linkType = linkTypeEthernet }) =>
    linkType === linkTypeEthernet &&
    bytes.length >= ip &&
    ethernetEtherType(bytes, 0) === etherType.ipv4 &&
    checkIpv4Length(bytes, ip)
      ? [bytes]
      : [],
  );
}

/** Each copy asks from an address of its own, to which its answer comes. */
const askerOf = (frame: Uint8Array) => `${ipv4Source(frame, ip)}`;

/**
 * What the machine of a capture (pcapng or pcap, Ethernet) answered to a tool's probes. Each copy of a probe must come
 * from an address of its own, as Stackbed sends them. Throws InputError when the capture is damaged or has not all
 * copies of the probes.
 */
export async function summaryOfCapture(tool: Tool, path: string): Promise<MachineSummary> {
  const file = await readFile(path).catch((error: Error) => {
    throw new InputError(`cannot read the capture ${path}: ${error.message}`);
  });
  const identities = new Map(
    tool.probes.map((probe, place) => [sentIdentity(probeFrame(fromToolProbe(probe), tool.ports)), place]),
  );
  const times = new Int32Array(tool.probes.length);
  const sent = new Map<string, Sent>();
  const received: { sent: Sent; frame: Uint8Array }[] = [];
  for (const frame of framesOf(file, path)) {
    const asked = sent.get(`${ipv4Destination(frame, ip)}`);
    if (asked && answers(frame, asked.frame)) {
      received.push({ sent: asked, frame });
      continue;
    }
    const tcp = ip + ipv4HeaderLength(frame, ip);
    if (ipv4Protocol(frame, ip) !== ipProtocol.tcp || !checkTcpLength(frame, tcp)) continue;
    const probe = identities.get(sentIdentity(frame));
    if (probe === undefined || sent.has(askerOf(frame))) continue;
    sent.set(askerOf(frame), { probe, copy: times[probe]!++, frame });
  }
  const unsent = times.filter((count) => count < tool.copies).length;
  if (unsent > 0)
    throw new InputError(
      `${path} lacks copies of ${unsent} of the tool's ${times.length} probes: each is sent ${tool.copies} times`,
      {
        remedy: 'capture while the tool asks: stackbed classify tool.json --image ID --capture FILE',
      },
    );
  const targets = new Set([...sent.values()].map(({ frame }) => ipv4Destination(frame, ip)));
  if (targets.size > 1)
    throw new InputError(`${path} has the tool's probes to ${targets.size} machines`, {
      remedy: 'give a capture of one machine',
    });
  const { copies } = tool;
  const raw = new RawResponses(times.length, copies);
  for (const { frame, sent: to } of received) if (to.copy < copies) raw.add(to.probe, to.copy, frame, 0);
  const texts = new TextTable();
  const { summary } = summarize({
    ...{ machine: path, fields: fields.length, texts },
    answers: fieldsOfFrames(raw, (frame, out, at) => readFields(frame, out, at, texts)),
  });
  return summary;
}
