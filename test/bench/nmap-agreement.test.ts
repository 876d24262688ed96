import { expect, it } from 'vitest';
import { agreements, agreementText, agrees } from '../../bench/nmap/agreement.js';
import { parseSubject } from '../../src/nmap/subject-text.js';

const scans = (texts: readonly string[]) => texts.map((text) => parseSubject(text, 'a').fingerprint);
const twenty = (text: (at: number) => string) => scans(Array.from({ length: 20 }, (_, at) => text(at)));
const sp = (value: number) => `SEQ(SP=${value.toString(16).toUpperCase()})T1(R=Y%T=40)`;

it('tells what is equal, what differs, and what varies by one law', () => {
  const [stack] = agreements([
    { image: 'a', ours: twenty((at) => sp(240 + at)), nmap: twenty((at) => sp(241 + ((7 * at) % 20))) },
  ]);
  expect(stack).toMatchObject({ image: 'a', equal: 2, different: [] });
  expect(stack!.varying.map(({ test, ours, nmap }) => [test, ours, nmap])).toEqual([
    ['SEQ.SP', 'F0-103', 'F1-104'],
  ]);
  expect(agrees(stack!)).toBe(true);
});

it('finds another value, one that is missing, and another law', () => {
  const [stack, other] = agreements([
    { image: 'a', ours: scans(['T1(R=Y%T=40)T2(R=N)']), nmap: scans(['T1(R=Y)T2(R=Y)']) },
    { image: 'b', ours: twenty((at) => sp(240 + at)), nmap: twenty((at) => sp(260 + at)) },
  ]);
  expect(stack!.different).toEqual([
    { test: 'T1.T', ours: '40', nmap: '(none)' },
    { test: 'T2.R', ours: 'N', nmap: 'Y' },
  ]);
  expect([agrees(stack!), agrees(other!)]).toEqual([false, false]);
  expect(agreementText([stack!, other!])).toContain('a: T2.R is N, and Y by nmap');
});
