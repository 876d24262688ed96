import { crc32 } from 'node:zlib';
import type { Frame } from '../packet/frame.js';
import { ipv4Flag } from '../packet/ipv4.js';
import { tcpFlag } from '../packet/tcp-flags.js';
import { hexadecimal } from './hexadecimal.js';
import { optionsText } from './options-text.js';

/** Everything that the answers of a machine have in common. */
export interface Route {
  /** Hops to the machine, 1 for the next; undefined where no quote told them. */
  readonly distance: number | undefined;
}

export const dontFragment = ({ ipv4 }: Frame) => (ipv4!.flags & ipv4Flag.dontFragment) !== 0;

/** `DF` as `Y` or `N`. */
export const dfTest = (frame: Frame): [string, string] => ['DF', dontFragment(frame) ? 'Y' : 'N'];

/** T, the time to live that the machine started with, or TG, a guess at it, where the distance is not known. */
export function ttlTest(frame: Frame, { distance }: Route): [string, string] {
  const { ttl } = frame.ipv4!;
  if (distance !== undefined) return ['T', hexadecimal((ttl + distance - 1) & 0xff)];
  return ['TG', hexadecimal([0x20, 0x40, 0x80].find((usual) => ttl <= usual) ?? 0xff)];
}

const flagLetters: readonly (readonly [flag: number, letter: string])[] = [
  [tcpFlag.ece, 'E'],
  [tcpFlag.urg, 'U'],
  [tcpFlag.ack, 'A'],
  [tcpFlag.psh, 'P'],
  [tcpFlag.rst, 'R'],
  [tcpFlag.syn, 'S'],
  [tcpFlag.fin, 'F'],
];

/** A number of the answer by a number of the probe: `Z` zero, the letter for equal, with `+` for one more, else `O`. */
function relation(value: number, reference: number, letter: string): string {
  if (value === 0) return 'Z';
  if (value === reference) return letter;
  return value === (reference + 1) >>> 0 ? `${letter}+` : 'O';
}

/** What a TCP answer says, test by test; each line takes those that it has. */
export function tcpAnswerTests(probe: Frame, answer: Frame, route: Route): Map<string, string> {
  const [sent, got] = [probe.tcp!, answer.tcp!];
  const has = (flag: number) => (got.flags & flag) !== 0;
  const congestion = has(tcpFlag.ece) ? (has(tcpFlag.cwr) ? 'S' : 'Y') : has(tcpFlag.cwr) ? 'O' : 'N';
  const quirks = `${got.reserved === 0 ? '' : 'R'}${got.urgentPointer !== 0 && !has(tcpFlag.urg) ? 'U' : ''}`;
  const data = has(tcpFlag.rst) ? answer.payload?.bytes : undefined;
  return new Map([
    ['R', 'Y'],
    dfTest(answer),
    ttlTest(answer, route),
    ['W', hexadecimal(got.window)],
    ['S', relation(got.sequence, sent.acknowledgment, 'A')],
    ['A', relation(got.acknowledgment, sent.sequence, 'S')],
    ['F', flagLetters.map(([flag, letter]) => (has(flag) ? letter : '')).join('')],
    ['O', optionsText(got.options)],
    ['CC', congestion],
    ['RD', data?.length ? hexadecimal(crc32(data)) : '0'],
    ['Q', quirks],
  ]);
}
