import { ethernetEtherType, ethernetHeaderLength, etherType } from '../packet/ethernet.js';
import {
  checkIpv4Length,
  ipProtocol,
  ipv4FragmentOffset,
  ipv4HeaderLength,
  ipv4Protocol,
  ipv4Source,
} from '../packet/ipv4.js';
import { checkTcpLength, tcpFlags } from '../packet/tcp.js';
import { tcpFlag } from '../packet/tcp-flags.js';
import { addressing, maximumCopies } from './addressing.js';

const ip = ethernetHeaderLength;
const most = 255;

/**
 * Tells a SYN-ACK that answers a SYN from one that a machine sends again, because the RST to the first was long in
 * coming: how often it does depends on how busy the host is. A machine may answer each SYN that reached it once.
 */
export class Retransmissions {
  /** By copy: 0 where no SYN came, else 1 and how many more answers are due. */
  private due = new Uint8Array(1 << 12);

  /** Notes what reaches the machine. */
  arrived(frame: Uint8Array): void {
    if (ethernetEtherType(frame, 0) !== etherType.ipv4 || !checkIpv4Length(frame, ip)) return;
    if (ipv4Protocol(frame, ip) !== ipProtocol.tcp || ipv4FragmentOffset(frame, ip) > 0) return;
    const tcp = ip + ipv4HeaderLength(frame, ip);
    const copy = ipv4Source(frame, ip) - addressing.copies;
    if (copy < 0 || copy >= maximumCopies || !checkTcpLength(frame, tcp)) return;
    if (!(tcpFlags(frame, tcp) & tcpFlag.syn)) return;
    if (copy >= this.due.length) this.grow(copy);
    this.due[copy] = Math.min(most, Math.max(1, this.due[copy]!) + 1);
  }

  /** True for a SYN-ACK to `destination` that is one too many. */
  isOne(destination: number): boolean {
    const copy = destination - addressing.copies;
    const due = this.due[copy] ?? 0;
    if (due > 1) this.due[copy] = due - 1;
    return due === 1;
  }

  private grow(copy: number): void {
    const larger = new Uint8Array(Math.max(2 * this.due.length, copy + 1));
    larger.set(this.due);
    this.due = larger;
  }
}
