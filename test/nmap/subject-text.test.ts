import fc from 'fast-check';
import { expect, it } from 'vitest';
import { InputError } from '../../src/errors.js';
import { formatSubject, parseSubject } from '../../src/nmap/subject-text.js';

/** A machine of ours, as `stackbed nmap` prints it. */
const subjectText = `SCAN(V=7.93%E=4%OT=22%CT=81%CU=40125%PV=Y%DS=1%G=Y)
SEQ(SP=103%GCD=1%ISR=109%TI=Z%CI=Z%II=I%TS=A)
OPS(O1=M5B4ST11NW5%O2=M5B4ST11NW5%O3=M5B4NNT11NW5%O4=M5B4ST11NW5%O5=M5B4ST11NW5%O6=M5B4ST11)
WIN(W1=FE88%W2=FE88%W3=FE88%W4=FE88%W5=FE88%W6=FE88)
ECN(R=Y%DF=Y%T=40%W=FAF0%O=M5B4NNSNW5%CC=Y%Q=)
T1(R=Y%DF=Y%T=40%S=O%A=S+%F=AS%RD=0%Q=)
T2(R=N)
U1(R=Y%DF=N%T=40%IPL=164%UN=0%RIPL=G%RID=G%RIPCK=G%RUCK=G%RUD=G)
IE(R=Y%DFI=N%T=40%CD=S)`;

it('reads what it prints, wrapped or not', () => {
  const subject = parseSubject(subjectText, 'a');
  expect(formatSubject(subject)).toBe(subjectText);
  expect(subject.scan?.get('OT')).toBe('22');
  expect(subject.fingerprint.get('T1')?.get('Q')).toBe('');
  const wrapped = formatSubject(subject, { wrapped: true });
  expect(wrapped.split('\n').every((line) => /^OS:.{1,70}$/.test(line))).toBe(true);
  expect(parseSubject(wrapped, 'a')).toEqual(subject);
});

it.each<[string, string, number]>([
  ['SCAN(V=7.93%E=4%OT=2', 'cut short', 1],
  ['SCAN(V=7.93)\nSEQ(SP=1', 'cut short', 2],
  ['SCAN(V=7.93)\nSEQ(SP)', 'TEST=VALUE', 2],
  ['SCAN(V=7.93)\n\n  T9(R=N)', 'no line T9', 3],
  ['T2(R=N)\nT2(R=N)', 'twice', 2],
  ['T2(R=N%R=Y)', 'twice', 1],
  ['T2(SP=1)', 'no test SP', 1],
  ['OS:T2(R=N)\nOS:T3(R=', 'cut short', 2],
  ['SCAN(V=7.93)', 'no test', 1],
  ['nonsense)', 'not of the form', 1],
  ['', 'no fingerprint', 1],
])('%s is refused with its line', (text, why, line) => {
  const error = (() => {
    try {
      return parseSubject(text, 'the-file');
    } catch (thrown) {
      return thrown;
    }
  })() as InputError;
  expect(error).toBeInstanceOf(InputError);
  expect(error.message).toContain(why);
  expect(error.place).toMatchObject({ file: 'the-file', line });
});

it('a text that is cut or spoilt anywhere is read or refused', () => {
  const spoilt = fc
    .tuple(fc.nat(subjectText.length), fc.nat(5), fc.string({ maxLength: 5 }))
    .map(([at, cut, put]) => subjectText.slice(0, at) + put + subjectText.slice(at + cut));
  fc.assert(
    fc.property(fc.oneof(spoilt, fc.string()), (text) => {
      try {
        const subject = parseSubject(text, 'a');
        expect(parseSubject(formatSubject(subject), 'a')).toEqual(subject);
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        expect(error.place?.line).toBeLessThanOrEqual(text.split('\n').length);
      }
    }),
    { numRuns: 500, seed: 8 },
  );
});
