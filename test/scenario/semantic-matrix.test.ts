import { describe, expect, it } from 'vitest';
import { memberName } from '../../src/dataset/column-member.js';
import type { Matrix } from '../../src/dataset/matrix.js';
import { buildMatrix } from '../../src/dataset/matrix.js';
import { columnName, labelsOf, learners } from '../../src/learn/index.js';
import { randomStream } from '../../src/random.js';
import { seenBy, seenOf } from '../../src/scenario/learner-of.js';
import { semanticMatrix } from '../../src/scenario/semantic-matrix.js';
import { scannedMachine } from './scanned.js';
import { summary } from './summaries.js';

const machines = [
  scannedMachine('a', ['SEQ(SP=1%GCD=FA00%ISR=9F%TI=I)', 'SEQ(SP=2%GCD=FA00%ISR=9E%TI=RD)'], {
    retransmissions_ms: [2950, 8900],
  }),
  scannedMachine('b', ['SEQ(SP=1%GCD=1%ISR=10A%TI=I)', 'SEQ(SP=2%GCD=3%ISR=10B%TI=I)'], {
    retransmissions_ms: [1004, 3011, 7020],
  }),
  { id: 'c' },
];

/** Every column with the values that its rows have. */
function table(matrix: Matrix) {
  const height = matrix.rows.length;
  return Object.fromEntries(
    Array.from({ length: matrix.columns }, (_, column) =>
      matrix.members(column).map((member, place) => {
        const { values } = matrix.describeColumn(column, place);
        const codes = matrix.codes.subarray(column * height, (column + 1) * height);
        return [memberName(member), Array.from(codes, (code) => values[code])];
      }),
    ).flat(),
  );
}

const fields = [
  { name: 'ip.ttl', kind: 'number' },
  { name: 'tcp.window', kind: 'number' },
] as const;
const raw = buildMatrix(
  [summary('a', [[64, 1]], 2), summary('b', [[64, 2]], 2), summary('c', [[255, 3]], 2)],
  fields,
);

it('semantic attributes are columns; scans that disagree make one nondeterministic, none an absent one', () => {
  expect(table(semanticMatrix(machines))).toEqual({
    'semantic.tcp.isn.gcd': ['64000', '1', 'absent'],
    'semantic.tcp.isn.rate': ['"2^19..2^23 /s"', '"2^31..2^35 /s"', 'absent'],
    'semantic.ip.id.tcp-open': ['nondeterministic', '"incremental"', 'absent'],
    'semantic.tcp.rto.count': ['2', '3', 'absent'],
    'semantic.tcp.rto.schedule': ['"3 6"', '"1 2 4"', 'absent'],
    'semantic.tcp.rto.backoff': ['"x2"', '"x2"', 'absent'],
  });
});

describe('raw fields and semantic attributes side by side', () => {
  const seen = seenOf(raw, machines, undefined);
  const both = seen.matrix('both');

  it('have the columns of both, and those that split the machines alike are one', () => {
    expect(table(both)).toEqual({ ...table(raw), ...table(seen.matrix('semantic')) });
    expect(both.columns).toBe(2);
    // The waits double on both machines that were scanned, as their TTLs are the same.
    expect([...both.multiplicity]).toEqual([2, 6]);
    expect(both.totals).toMatchObject({ informative: 8 });
    expect(columnName(both, 1)).toBe('tcp.window of probe 0 (+5 alike)');
    expect(columnName(seen.matrix('semantic'), 0)).toBe('semantic.tcp.isn.gcd (+4 alike)');
    expect(() => both.describeColumn(0, 2)).toThrow(RangeError);
  });

  it('can be reduced to some machines or some fields', () => {
    const ends = both.select({ rows: [2, 0] });
    expect(ends.rows).toEqual(['c', 'a']);
    expect(ends.columns).toBe(1);
    expect(table(ends)['semantic.tcp.isn.gcd']).toEqual(['absent', '64000']);
    expect(Object.keys(table(both.select({ only: ({ name }) => name === 'ip.ttl' })))).toEqual([
      'ip.ttl of probe 0',
    ]);
  });

  it('are learnt, and a tree says on which attribute it decides', () => {
    const fleet = [1, 2, 3, 4].flatMap((copy) => machines.map((one) => ({ ...one, id: `${one.id}${copy}` })));
    const semantic = semanticMatrix(fleet);
    const rows = Int32Array.from(semantic.rows.keys());
    const labels = labelsOf(fleet.map(({ id }) => id[0]!));
    const model = learners.c45.fit(semantic, rows, labels, randomStream(1, 'fit'));
    expect(model.describe()).toContain('semantic.tcp.isn.gcd');
    expect(model.describe()).not.toContain('of probe');
  });

  it('must be of the same machines', () => {
    expect(() => seenOf(raw, machines.toReversed(), undefined).matrix('both')).toThrow('same machines');
  });
});

it("nmap's learners look at its tests alone, once, whatever fields the others look at", () => {
  expect(seenBy({ fields: ['raw', 'both'], learner: ['nmap', 'c45', 'nmap-no-guess'] })).toEqual([
    { fieldSet: 'raw', learners: ['c45'] },
    { fieldSet: 'both', learners: ['c45'] },
    { fieldSet: 'nmap', learners: ['nmap', 'nmap-no-guess'] },
  ]);
  expect(seenBy({ fields: ['raw'], learner: ['nmap'] })).toEqual([{ fieldSet: 'nmap', learners: ['nmap'] }]);
});
