import { describe, expect, it } from 'vitest';
import { formatDatabase, parseDatabase } from '../../src/nmap/database.js';
import { parseSubject } from '../../src/nmap/subject-text.js';
import { TrainedNmap, trainDatabase } from '../../src/nmap/trained.js';

const print = (text: string) => parseSubject(text, 'a').fingerprint;
const machines = [
  { label: 'linux 5.x', fingerprint: print('SEQ(SP=F0%ISR=101%TI=Z)T1(R=Y%T=40)T2(R=N)') },
  { label: 'linux 5.x', fingerprint: print('SEQ(SP=102%ISR=FE%TI=I)T1(R=Y%T=40)T2(R=Y%W=0)') },
  { label: 'lwip', fingerprint: print('SEQ(SP=0%ISR=5%TI=I)T1(R=Y%T=FF)T2(R=N)') },
];

it('merges the machines of a label into what they were seen to answer', () => {
  const text = formatDatabase(trainDatabase(machines));
  expect(text.slice(text.indexOf('\n\n'))).toBe(`

Fingerprint linux 5.x
Class trained | linux 5.x || machine
SEQ(SP=F0-102%ISR=FE-101%TI=I|Z)
T1(R=Y%T=40)
T2(R=N|Y%W=0)

Fingerprint lwip
Class trained | lwip || machine
SEQ(SP=0%ISR=5%TI=I)
T1(R=Y%T=FF)
T2(R=N)
`);
  expect(formatDatabase(parseDatabase(text, 'db'))).toBe(text);
});

describe('guesses', () => {
  it('each training machine without fault', () => {
    const nmap = new TrainedNmap(machines);
    for (const { label, fingerprint } of machines)
      expect(nmap.guess(fingerprint)).toMatchObject({ tied: [label], best: label, accuracy: 1 });
  });

  it('what lies between two that were seen, and the nearer of two that do not match', () => {
    const nmap = new TrainedNmap(machines);
    expect(nmap.guess(print('SEQ(SP=FF%ISR=FF%TI=Z)')).accuracy).toBe(1);
    expect(nmap.guess(print('SEQ(SP=FF%ISR=5%TI=RD)T1(R=Y%T=40)'))).toEqual({
      tied: ['linux 5.x'],
      counts: [2],
      best: 'linux 5.x',
      accuracy: 3 / 5,
    });
  });

  it('of several that match alike the one with the most training machines', () => {
    const alike = (label: string) => ({ label, fingerprint: print('T1(R=Y%T=40)') });
    const nmap = new TrainedNmap([alike('b'), alike('c'), alike('a'), alike('c')]);
    expect(nmap.guess(print('T1(R=Y%T=40)'))).toEqual({
      tied: ['b', 'c', 'a'],
      counts: [1, 2, 1],
      best: 'c',
      accuracy: 1,
    });
    const even = new TrainedNmap([alike('b'), alike('a')]);
    expect(even.guess(print('T1(R=N)')).best).toBe('a');
  });

  it('by the weights of a database', () => {
    const fingerprint = print('T1(R=Y%T=FF)T2(R=Y)');
    const points = (t: number) =>
      new Map([
        ['T1', new Map([['T', t]])],
        ['T2', new Map([['R', 10]])],
      ]);
    const trained = [
      { label: 'by T', fingerprint: print('T1(T=FF)T2(R=N)') },
      { label: 'by R', fingerprint: print('T1(T=40)T2(R=Y)') },
    ];
    expect(new TrainedNmap(trained, points(20)).guess(fingerprint).best).toBe('by T');
    expect(new TrainedNmap(trained, points(5)).guess(fingerprint).best).toBe('by R');
  });
});
