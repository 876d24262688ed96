import { hexadecimal } from './hexadecimal.js';

const randomStep = 20_000;
const largeStep = 1000;
const largeSwappedStep = 25_600;
const swappedStep = 5120;
const smallStep = 10;

/**
 * How a machine numbers its IP packets, from the identifications of some answers in the order in which they were
 * sent: the tests TI, CI and II (Nmap Network Scanning, "IP ID sequence generation algorithm"). `Z` all zero, `RD`
 * random, a number that all have, `RI` random steps, `BI` steps of the other byte order, `I` small steps; undefined
 * for none of these. With two answers `RD` cannot be told.
 */
export function ipIdAlgorithm(ids: readonly number[]): string | undefined {
  if (ids.length < 2) return undefined;
  const steps = ids.slice(1).map((id, index) => (id - ids[index]! + 0x1_0000) & 0xffff);
  if (ids.every((id) => id === 0)) return 'Z';
  if (ids.length > 2 && steps.some((step) => step >= randomStep)) return 'RD';
  if (steps.every((step) => step === 0)) return hexadecimal(ids[0]!);
  if (steps.some((step) => step > largeStep && (step % 256 !== 0 || step >= largeSwappedStep))) return 'RI';
  if (steps.every((step) => step % 256 === 0 && step <= swappedStep)) return 'BI';
  return steps.every((step) => step < smallStep) ? 'I' : undefined;
}

/**
 * Whether TCP and ICMP count together, the test SS: the first ICMP answer then lies before the last TCP one,
 * which a counter that starts anew does, or close behind it.
 *
 * @param tcp identification and number of the probe of the answers to SEQ
 * @param icmp identification of the answer to IE1
 */
export function sharesIpIds(tcp: readonly { id: number; probe: number }[], icmp: number): boolean {
  const [first, last] = [tcp[0]!, tcp.at(-1)!];
  const average = ((last.id - first.id + 0x1_0000) & 0xffff) / (last.probe - first.probe);
  return icmp < last.id + 3 * average;
}
