import fc from 'fast-check';
import { expect, it } from 'vitest';
import { InputErrors } from '../../src/errors.js';
import { formatDatabase, parseDatabase } from '../../src/nmap/database.js';
import { Matcher } from '../../src/nmap/match.js';
import { parseSubject } from '../../src/nmap/subject-text.js';

const databaseText = `# A database of two imaginary systems.

MatchPoints
SEQ(SP=25%TI=100)
T1(R=100%DF=20%T=15)

# seen on a bench
Fingerprint Alpha 1.0 - 1.2
Class Alpha | AlphaOS | 1.X | general purpose
CPE cpe:/o:alpha:alphaos:1 auto
CPE cpe:/h:alpha:box
Class Other | embedded || router
SEQ(SP=0-5|>F0%TI=I|RD)
T1(R=Y%DF=Y%T=3B-45)

Fingerprint Beta
Class Beta | BetaOS | 2.X | phone
T1(R=N)

# the end
`;

const faultsOf = (text: string) => {
  try {
    parseDatabase(text, 'db');
    return [];
  } catch (error) {
    if (!(error instanceof InputErrors)) throw error;
    return error.errors.map(({ message, place }) => `${place?.line}: ${message}`);
  }
};

it('prints a database as it was', () => {
  const database = parseDatabase(databaseText, 'db');
  expect(formatDatabase(database)).toBe(databaseText);
  expect(database.references.map(({ name, line }) => [name, line])).toEqual([
    ['Alpha 1.0 - 1.2', 8],
    ['Beta', 16],
  ]);
  expect(database.references[0]?.classes[0]?.cpe).toEqual([
    'cpe:/o:alpha:alphaos:1 auto',
    'cpe:/h:alpha:box',
  ]);
});

const edits: [string, string, string, string][] = [
  [
    'a line cut in half',
    'T1(R=Y%DF=Y%T=3B-45)',
    'T1(R=Y%DF=',
    '14: "T1(R=Y%DF=" is not of the form T1(TEST=VALUE%…)',
  ],
  ['an unknown line', 'T1(R=N)', 'T8(R=N)', '18: there is no line T8'],
  ['an unknown test', 'T1(R=N)', 'T1(SP=1)', '18: T1 has no test SP'],
  ['a broken bracket', '0-5', '[0-5', '13: a bracket of "[0-5|>F0" has no partner'],
  [
    'a class that lacks a field',
    'Other | embedded || router',
    'Other | embedded',
    '12: a Class is of the form',
  ],
  ['a CPE that is none', 'cpe:/h:', 'h:', '11: "h:alpha:box" is not a CPE'],
  ['a name that is missing', 'Fingerprint Beta', 'Fingerprint ', '16: a fingerprint without a name'],
  ['points that are words', 'TI=100', 'TI=many', '3: TI of SEQ has the points "many"'],
  ['tests behind a comment', '\nT1(R=N)', '\n# x\nT1(R=N)', '19: "T1(R=N)" stands behind'],
  [
    'no points',
    'MatchPoints\nSEQ(SP=25%TI=100)\nT1(R=100%DF=20%T=15)\n',
    '',
    '1: a database has MatchPoints once',
  ],
  ['points twice', '# the end', 'MatchPoints\nT1(R=1)', '20: a database has MatchPoints once'],
  ['a fingerprint without tests', 'T1(R=N)\n', '', '16: "Beta" has no tests'],
];

it.each(edits)('%s is refused with its line', (_, from, to, expected) => {
  expect(databaseText).toContain(from);
  expect(faultsOf(databaseText.replace(from, () => to))[0]).toContain(expected);
});

it('tells several faults at once', () => {
  const spoilt = databaseText.replace('0-5', ']0').replace('T1(R=N)', 'T1(R=N');
  expect(faultsOf(spoilt).map((fault) => fault.split(':')[0])).toEqual(['13', '18', '16']);
});

it('tells what is hardly meant, and that a database is for newer releases', () => {
  const newer = `This nmap-os-db is only valid for Nmap 7.94.2 and later\n${databaseText.replace('0-5', '0-G')}`;
  const database = parseDatabase(newer, 'db');
  expect(formatDatabase(database)).toBe(newer);
  expect(database.doubts.map(({ message, place }) => `${place?.line}: ${message}`)).toEqual([
    '9: SP of SEQ of "Alpha 1.0 - 1.2" has "0-G", which is no range of hexadecimal numbers',
  ]);
});

it('a database that is cut or spoilt anywhere is read or refused', () => {
  const spoilt = fc
    .tuple(fc.nat(databaseText.length), fc.nat(5), fc.string({ maxLength: 5 }))
    .map(([at, cut, put]) => databaseText.slice(0, at) + put + databaseText.slice(at + cut));
  fc.assert(
    fc.property(spoilt, (text) => {
      if (faultsOf(text).length > 0) return;
      const again = formatDatabase(parseDatabase(text, 'db'));
      expect(formatDatabase(parseDatabase(again, 'db'))).toBe(again);
    }),
    { numRuns: 500, seed: 8 },
  );
});

it('weighs the tests that both have', () => {
  const matcher = new Matcher(parseDatabase(databaseText, 'db'));
  const rank = (text: string) =>
    matcher
      .rank(parseSubject(text, 's').fingerprint)
      .map(({ reference, matched, possible }) => `${reference.name[0]} ${matched}/${possible}`);
  expect(rank('SEQ(SP=3%TI=RD)T1(R=Y%DF=Y%T=40)')).toEqual(['A 260/260', 'B 0/100']);
  expect(rank('SEQ(SP=6%TI=Z)T1(R=Y%DF=N%T=40)')).toEqual(['A 115/260', 'B 0/100']);
  // Q has no points, and what the reference leaves out is no fault of the subject.
  expect(rank('T1(R=N%Q=)')).toEqual(['B 100/100', 'A 0/100']);
  expect(rank('U1(R=N)')).toEqual(['A 0/0', 'B 0/0']);
  expect(matcher.guesses(parseSubject('T1(R=N)', 's').fingerprint).map(({ accuracy }) => accuracy)).toEqual([
    1,
  ]);
});
