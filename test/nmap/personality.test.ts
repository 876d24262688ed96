import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesWithCrc32 } from '../../src/netem/rewrite/personality/checksum-data.js';
import { matches } from '../../src/nmap/expression.js';
import { optionsOf } from '../../src/nmap/option-letters.js';
import { parsePrint } from '../../src/nmap/print.js';
import { testsOf } from '../../src/nmap/tests.js';
import type { Frame } from '../../src/packet/frame.js';
import { type RandomStream, randomStream } from '../../src/random.js';
import { answerTo } from '../probe/fake-machine.js';
import { scanBehind } from './personality-scan.js';

/** Sequences of which the tests GCD, ISR and SP can all be true. */
const sequences = [
  'SP=0-5%GCD=FA00|1F400%ISR=97-A1',
  'SP=100-10A%GCD=1-6%ISR=102-10C',
  'SP=C8%GCD=1%ISR=C8',
  'SP=0%GCD=0%ISR=0',
  'SP=0-5%GCD=40%ISR=49-50',
  'SP=DC-E6%GCD=10|20|30|40|50%ISR=F8-102',
];
const options = [
  ...['M5B4ST11NW7', 'M5B4NW0NNT01NNS', 'M564', '', 'M5B4NNT10', 'M200NW8NNT00NNS', 'NNT11', 'M218NWANNSNN'],
  ...['M5B4NW2NNT11SLL', 'M[500-5B4]ST11NW[0-9]|M218', 'S', 'M0W0', 'WFF'],
];

/** A print that is drawn: each test of each line is there most of the time, a line is silent now and then. */
function drawnPrint(random: RandomStream): string {
  const one = (values: readonly string[]) => values[random.below(values.length)]!;
  const rates = ['U', '0', '7', '8', 'A', '1', '21', 'A|B'];
  const rate = one(rates);
  // What the option says and what the clock does go together.
  const timed = options.filter((text) =>
    rate === 'U' ? !text.includes('T') : rate === '0' ? /^[^[]*T0/.test(text) : /^[^[|]*T1/.test(text),
  );
  const ipIds = ['Z', 'I', 'RI', 'BI', 'RD', '7B'];
  const id = one(ipIds);
  const icmpId = one(['Z', 'I', 'RI', 'BI', '7B']);
  const counted = ['I', 'RI', 'BI'];
  const ss = counted.includes(id) && counted.includes(icmpId) ? '%SS=O' : '';
  const df = () => `DF=${one(['Y', 'N', 'Y|N'])}`;
  const ttl = () => one(['T=3B-45%TG=40', 'T=FA-104%TG=FF', 'T=1B-25%TG=20', 'T=80%TG=80']);
  const number = () => one(['Z', 'O', 'A', 'A+']);
  const acknowledged = () => one(['Z', 'O', 'S', 'S+']);
  const quirks = () => one(['Q=', 'Q=R', 'Q=U', 'Q=RU']);
  const data = () => one(['RD=0', 'RD=8F6A2B1C', 'RD=1']);
  const window = () => one(['0', '16D0', 'FFFF', '2000|4000']);
  const option = () => one(options);
  const segment = (flags: readonly string[]) => {
    if (random.below(4) === 0) return 'R=N';
    const chosen = one(flags);
    // Only a RST has data that counts.
    const fields = [df(), ttl(), `W=${window()}`, `S=${number()}`, `A=${acknowledged()}`, `F=${chosen}`];
    return ['R=Y', ...fields, `O=${option()}`, chosen.includes('R') ? data() : 'RD=0', quirks()].join('%');
  };
  const resets = ['R', 'AR', 'AR|R', 'APR'];
  const numbered = (letter: string, value: () => string) =>
    [1, 2, 3, 4, 5, 6].map((index) => `${letter}${index}=${value()}`).join('%');
  const unreachable = `R=Y%${df()}%${ttl()}%IPL=${one(['164', '38', '15C', '200'])}%UN=${one(['0', 'FF', '12345678'])}%RIPL=${one(['G', '0', '134'])}%RID=${one(['G', '4210', '0'])}%RIPCK=${one(['G', 'Z', 'I'])}%RUCK=${one(['G', '0'])}%RUD=G`;
  const closed = ['T5', 'T6', 'T7'].map((name) => `${name}(${segment(resets)})`);
  // With two answers random steps are not told from large ones.
  const closedIds = closed.some((line) => line.includes('R=N'))
    ? ipIds.filter((rule) => rule !== 'RD')
    : ipIds;
  return [
    `SEQ(${one(sequences)}%TI=${id}%CI=${one(closedIds)}%II=${icmpId}${ss}%TS=${rate})`,
    `OPS(${numbered('O', () => one(timed))})`,
    `WIN(${numbered('W', window)})`,
    `ECN(R=Y%${df()}%${ttl()}%W=${window()}%O=${option()}%CC=${one(['Y', 'N', 'S', 'O'])}%${quirks()})`,
    `T1(R=Y%${df()}%${ttl()}%S=O%A=${one(['S+', 'O|S+', 'Z'])}%F=${one(['AS', 'A|AS'])}%RD=0%${quirks()})`,
    `T2(${segment(resets)})`,
    `T3(${segment([...resets, 'AS'])})`,
    `T4(${segment(resets)})`,
    ...closed,
    `U1(${one(['R=N', unreachable, unreachable])})`,
    `IE(${one(['R=N', `R=Y%DFI=${one(['N', 'S', 'Y', 'O'])}%${ttl()}%CD=${one(['Z', 'S', 'O', '9'])}`])})`,
  ].join('\n');
}

/** Tests of a print that what was found does not pass. */
function failed(text: string, found: ReturnType<typeof scanBehind>): string[] {
  return [...parsePrint(text, 'print')].flatMap(([line, tests]) =>
    [...tests].flatMap(([test, expression]) => {
      const value = found.get(line)?.get(test);
      // T and TG stand for each other, by whether the distance is known; of too few samples there is no test.
      if (value === undefined || matches(expression, value)) return [];
      return [`${line}.${test}=${value}`];
    }),
  );
}

const silent = (): Frame | undefined => undefined;
/** SYN-ACKs and nothing else. */
const listener = (frame: Frame) => {
  const answer = answerTo(frame);
  return answer?.tcp && answer.tcp.flags & 2 ? answer : undefined;
};

describe('a personality', () => {
  it.each([
    ['own', listener],
    ['rewritten', answerTo],
  ] as const)('with %s answers passes every test of its print', (answers, machine) => {
    for (let seed = 0; seed < 100; seed++) {
      const text = drawnPrint(randomStream(seed, 'prints'));
      // A machine that has no UDP and no ICMP of its own has none to rewrite.
      const lines = answers === 'own' ? text : text.replace(/^(U1|IE)\(.*$/gm, '').trim();
      const given = answers === 'own' ? lines : lines.replace(/%II=[^%)]*/, '').replace(/%SS=O/, '');
      const found = scanBehind({ print: parsePrint(given, 'print'), machine, seed, answers });
      expect({ seed, failed: failed(given, found) }).toEqual({ seed, failed: [] });
      const seen = [...found.values()].reduce((sum, line) => sum + line.size, 0);
      expect(seen).toBeGreaterThan(20);
    }
  });

  it('answers where the machine is silent, and is silent where its print is', () => {
    const print = parsePrint('T2(R=Y%DF=Y%T=40%W=0%S=Z%A=S%F=AR%O=%RD=0%Q=)\nT3(R=N)\nT4(R=N)', 'print');
    const found = scanBehind({ print, machine: answerTo });
    expect(found.get('T2')?.get('R')).toBe('Y');
    expect(['T3', 'T4'].map((line) => found.get(line)?.get('R'))).toEqual(['N', 'N']);
    const bare = scanBehind({ print, machine: silent });
    expect([bare.get('T2')?.get('F'), bare.get('T5')?.get('R')]).toEqual(['AR', 'N']);
  });

  it('leaves alone what its print does not have', () => {
    const without = scanBehind({ print: new Map(), machine: answerTo });
    const only = scanBehind({ print: parsePrint('T5(R=Y%W=1234)', 'print'), machine: answerTo });
    expect(without.get('T5')?.get('W')).toBe('FAF0');
    expect(only.get('T5')).toEqual(new Map([...without.get('T5')!, ['W', '1234']]));
    for (const line of Object.keys(testsOf))
      if (line !== 'T5') expect(only.get(line)).toEqual(without.get(line));
  });

  it('answers alike for equal seeds, and otherwise for another', () => {
    const print = parsePrint('SEQ(SP=100%GCD=1%ISR=104)\nT5(R=Y%W=0-FFFF)', 'print');
    const scan = (seed: number) => scanBehind({ print, machine: answerTo, seed });
    expect(scan(5)).toEqual(scan(5));
    expect(new Set([1, 2, 3, 4].map((seed) => scan(seed).get('T5')?.get('W'))).size).toBeGreaterThan(1);
  });
});

it('any CRC-32 has four bytes', () => {
  fc.assert(
    fc.property(fc.nat(0xffff_ffff), (sum) => {
      expect(crc32(bytesWithCrc32(sum))).toBe(sum);
    }),
  );
});

it('options are padded so that the padding is not read as ends of the list', () => {
  expect(optionsOf('M5B4S').map(({ type }) => type)).toEqual(['mss', 'sackPermitted', 'other']);
  expect(optionsOf('M5B4').map(({ type }) => type)).toEqual(['mss']);
});
