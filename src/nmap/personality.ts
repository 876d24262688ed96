import { bytesWithCrc32 } from '../netem/rewrite/personality/checksum-data.js';
import type {
  IdRule,
  NumberRule,
  Personality,
  SynTrait,
  TcpTrait,
  Trait,
} from '../netem/rewrite/personality/traits.js';
import { tcpFlag } from '../packet/tcp-flags.js';
import type { Expressions } from './database.js';
import { echoTrait, unreachableTrait } from './icmp-personality.js';
import { optionsOf } from './option-letters.js';
import { type Drawn, drawPrint, ipTrait, numberOf } from './print-values.js';
import { ecnOptions, sequenceOptions } from './probes.js';
import { sequenceTrait } from './sequence-personality.js';

const flagOf: Readonly<Record<string, number>> = {
  ...{ E: tcpFlag.ece, U: tcpFlag.urg, A: tcpFlag.ack, P: tcpFlag.psh },
  ...{ R: tcpFlag.rst, S: tcpFlag.syn, F: tcpFlag.fin },
};
const flagsOf = (letters: string | undefined) =>
  letters === undefined ? undefined : [...letters].reduce((all, letter) => all | (flagOf[letter] ?? 0), 0);

/** ECE and CWR of a SYN-ACK by the test CC. */
const congestion: Readonly<Record<string, number>> = {
  ...{ Y: tcpFlag.ece, S: tcpFlag.ece | tcpFlag.cwr, O: tcpFlag.cwr, N: 0 },
};

function numberRule(value: string | undefined, letter: string): NumberRule | undefined {
  if (value === undefined) return undefined;
  if (value === 'Z') return 'zero';
  if (value === letter) return 'same';
  return value === `${letter}+` ? 'next' : 'other';
}

/** The bit that nmap sets in its own probe, and a pointer that nobody follows. */
const [reservedBit, strayPointer] = [8, 1];

/** What a line of TCP tests says of the answer; `silent` where there is none. */
function tcpTrait(line: Drawn | undefined): Trait<TcpTrait> {
  if (!line) return undefined;
  if (line.R === 'N') return 'silent';
  const { W, S, A, F, O, RD, Q } = line;
  const checksum = numberOf(RD);
  return {
    ...ipTrait(line),
    window: numberOf(W),
    sequence: numberRule(S, 'A'),
    acknowledgment: numberRule(A, 'S'),
    flags: flagsOf(F),
    options: O === undefined ? undefined : optionsOf(O),
    ...(Q !== undefined && {
      reserved: Q.includes('R') ? reservedBit : 0,
      urgentPointer: Q.includes('U') ? strayPointer : 0,
    }),
    ...(checksum !== undefined && { data: checksum === 0 ? new Uint8Array(0) : bytesWithCrc32(checksum) }),
  };
}

function synTraits(lines: Readonly<Record<string, Drawn>>): SynTrait[] {
  const common = tcpTrait(lines.T1);
  return sequenceOptions.map(([, asked], index): SynTrait => {
    if (common === 'silent') return { asked, trait: 'silent' };
    const [O, W] = [lines.OPS?.[`O${index + 1}`], lines.WIN?.[`W${index + 1}`]];
    return {
      asked,
      trait: {
        ...common,
        options: O === undefined ? undefined : optionsOf(O),
        window: numberOf(W),
      },
    };
  });
}

function ecnTrait(line: Drawn | undefined, common: TcpTrait): SynTrait | undefined {
  const trait = tcpTrait(line);
  if (trait === undefined) return undefined;
  if (trait === 'silent') return { asked: ecnOptions, trait };
  const bits = line?.CC === undefined ? undefined : congestion[line.CC];
  const flags = bits === undefined ? undefined : tcpFlag.syn | tcpFlag.ack | bits;
  const { sequence, acknowledgment, data } = common;
  return { asked: ecnOptions, trait: { sequence, acknowledgment, data, ...defined(trait), flags } };
}

/** Without what is undefined. */
const defined = (trait: TcpTrait): TcpTrait =>
  Object.fromEntries(Object.entries(trait).filter(([, value]) => value !== undefined));

const idRules: Readonly<Record<string, IdRule>> = {
  ...({ Z: 'zero', I: 'small', BI: 'swapped', RI: 'large', RD: 'random' } as const),
};

function idRule(value: string | undefined): IdRule | undefined {
  if (value === undefined || idRules[value]) return value === undefined ? undefined : idRules[value];
  const constant = numberOf(value);
  return constant === undefined ? undefined : { constant };
}

const usualHz: Readonly<Record<string, number>> = { 1: 2, 7: 100, 8: 200 };

function clockHz(value: string | undefined): number | undefined {
  if (value === undefined || value === 'U' || value === '0') return undefined;
  const exponent = numberOf(value);
  return usualHz[value] ?? (exponent === undefined ? undefined : 2 ** exponent);
}

const segmentLines = {
  ...({ 'open-null': 'T2', 'open-odd': 'T3', 'open-ack': 'T4' } as const),
  ...({ 'closed-syn': 'T5', 'closed-ack': 'T6', 'closed-odd': 'T7' } as const),
};

/**
 * A personality that answers nmap's probes, and what is like them, as a print says: the inverse of `observe`. Where the
 * print allows several values one is drawn; of tests that it lacks the machine's own answers stay.
 *
 * @param draw uniform in [0, 1)
 */
export function personalityOf(print: Expressions, draw: () => number): Personality {
  const lines = drawPrint(print, draw);
  const segments = Object.entries(segmentLines).map(([kind, line]) => [kind, tcpTrait(lines[line])]);
  const { TI, CI, II, SS, TS } = lines.SEQ ?? {};
  const syns = synTraits(lines);
  const common = tcpTrait(lines.T1);
  return {
    syns,
    ecnSyn: ecnTrait(lines.ECN, typeof common === 'object' ? common : {}),
    segments: Object.fromEntries(segments),
    unreachable: unreachableTrait(lines.U1),
    echo: echoTrait(lines.IE),
    sequence: sequenceTrait(print.get('SEQ'), draw),
    ids: {
      ...{ open: idRule(TI), closed: idRule(CI), icmp: idRule(II) },
      isShared: SS === undefined ? undefined : SS === 'S',
    },
    clockHz: clockHz(TS),
  };
}
