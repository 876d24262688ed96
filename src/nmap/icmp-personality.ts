import type { EchoTrait, Trait, UnreachableTrait } from '../netem/rewrite/personality/traits.js';
import { type Drawn, ipTrait, numberOf } from './print-values.js';

const headerChecksums = { G: 'right', Z: 'zero', I: 'wrong' } as const;

/** `G` is what was sent: nothing to set. */
const quotedNumber = (value: string | undefined) => {
  const number = numberOf(value);
  return number === undefined ? undefined : number & 0xffff;
};

/** What the line U1 says of the error for a datagram to a closed port. */
export function unreachableTrait(line: Drawn | undefined): Trait<UnreachableTrait> {
  if (!line) return undefined;
  if (line.R === 'N') return 'silent';
  const { IPL, UN, RIPL, RID, RIPCK, RUCK, RUD } = line;
  const length = numberOf(IPL);
  return {
    ...ipTrait(line),
    totalLength: length === undefined ? undefined : Math.min(1500, length),
    unused: numberOf(UN),
    quotedLength: quotedNumber(RIPL),
    quotedId: quotedNumber(RID),
    quotedHeaderChecksum: headerChecksums[RIPCK as keyof typeof headerChecksums],
    quotedUdpChecksum: quotedNumber(RUCK),
    isQuoteSpoilt: RUD === 'I',
  };
}

const dontFragment = { N: 'clear', S: 'same', Y: 'set', O: 'opposite' } as const;

function echoCode(value: string | undefined): EchoTrait['code'] {
  if (value === undefined) return undefined;
  if (value === 'Z') return 0;
  if (value === 'S') return 'same';
  return value === 'O' ? 'other' : (numberOf(value) ?? 0) & 0xff;
}

/** What the line IE says of the answers to echo requests. */
export function echoTrait(line: Drawn | undefined): Trait<EchoTrait> {
  if (!line) return undefined;
  if (line.R === 'N') return 'silent';
  return {
    ttl: ipTrait(line).ttl,
    dontFragment: dontFragment[line.DFI as keyof typeof dontFragment],
    code: echoCode(line.CD),
  };
}
