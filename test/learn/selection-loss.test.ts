import { describe, expect, it } from 'vitest';
import { buildMatrix } from '../../src/dataset/matrix.js';
import { learners } from '../../src/learn/index.js';
import {
  type BlindOptions,
  blindChoices,
  blindPairs,
  selectionLoss,
} from '../../src/learn/selection-loss.js';
import { summariesOf } from '../dataset/matrix-table.js';

const fields = [{ name: 'ip.ttl', kind: 'number' }] as const;

/** One field: `rows[machine][probe]`. */
function choose(
  rows: readonly (readonly number[])[],
  options: Partial<BlindOptions> = {},
  answers?: number[][],
) {
  const given = rows.map((values) => values.map((value) => [value]));
  const summaries = summariesOf(fields, given, answers);
  const partial = options.partial ?? 'drop';
  const whole = buildMatrix(summaries, fields, { partial });
  const probes = rows[0]!.length;
  const choices = [
    ...blindChoices(whole, summaries, fields, { keep: 1, random: 0, seed: 1, ...options, partial, probes }),
  ];
  return { whole, choices };
}

const probesOf = ({ choices }: ReturnType<typeof choose>) =>
  choices.map(({ test, matrix }) => ({
    left: test[0],
    probes: [
      ...new Set(
        Array.from({ length: matrix.columns }, (_, column) => matrix.members(column)).flatMap((members) =>
          members.map(({ probe }) => probe),
        ),
      ),
    ],
  }));

describe('blindChoices', () => {
  it('chooses without the machine that is left out, in each case', () => {
    // Each machine has a probe that tells it from the others and nothing else; with all three, the first is chosen.
    const rows = [0, 1, 2].map((machine) => [0, 1, 2].map((probe) => (probe === machine ? 5 : 1)));
    const found = probesOf(choose(rows)).sort((one, other) => one.left! - other.left!);
    expect(found).toEqual([
      { left: 0, probes: [1] },
      { left: 1, probes: [0] },
      { left: 2, probes: [0] },
    ]);
  });

  it('does not know that the machine left out answered some copies only', () => {
    const rows = [[1, 1], [2, 1], [1, 2], [2, 1]]; // biome-ignore format: a table
    const answers = [[6, 6], [6, 6], [3, 6], [6, 6]]; // biome-ignore format: a table
    // Without machine 2 only probe 0 splits, and is chosen; it is dropped when that machine is measured.
    const { choices } = choose(rows, {}, answers);
    const blind = choices.find(({ test }) => test[0] === 2)!;
    expect(blind.matrix.columns).toBe(0);
    expect(blind.matrix.totals).toMatchObject({ columns: 0, droppedProbes: 1 });
  });

  it('leaves each of few machines out by itself, and of many as many as are left out together', () => {
    const few = choose(Array.from({ length: 7 }, (_, machine) => [machine]));
    expect(few.choices.map(({ test }) => [...test]).sort()).toEqual(
      [0, 1, 2, 3, 4, 5, 6].map((row) => [row]),
    );
    const many = choose(Array.from({ length: 70 }, (_, machine) => [machine & 3])).choices;
    expect(many).toHaveLength(32);
    const left = many.flatMap(({ test }) => [...test]).sort((one, other) => one - other);
    expect(left).toEqual(Array.from({ length: 70 }, (_, machine) => machine));
    for (const { train, test } of many) expect(new Set([...train, ...test]).size).toBe(70);
  });
});

describe('selectionLoss', () => {
  // Eight machines of two classes. Probe 0 tells the classes apart. Probe 1 splits all but the classes: of any seven
  // machines it splits most pairs, and one probe alone is kept.
  const labels = ['a', 'a', 'a', 'a', 'b', 'b', 'b', 'b'];
  const misleading = labels.map((label, machine) => [label === 'a' ? 1 : 2, machine & 3]);

  it.each(['c45', 'random-forest', 'knn', 'naive-bayes'] as const)(
    'finds all accuracy of %s lost',
    (name) => {
      const { whole, choices } = choose(misleading);
      const loss = selectionLoss(whole, choices, labels, learners[name], 1)!;
      expect(loss).toMatchObject({ machines: 8, alone: 0, classes: 2, all: 1, only_kept: 0 });
      expect(loss.kept).toBeLessThanOrEqual(0.5);
      expect(loss.lost).toBe(loss.only_all / 8);
      expect(loss.ci95[0]).toBeGreaterThan(0);
    },
  );

  it('finds none lost where the choice is enough', () => {
    const { whole, choices } = choose(misleading, { keep: 2 });
    expect(selectionLoss(whole, choices, labels, learners.c45, 1)).toMatchObject({
      ...{ all: 1, kept: 1, lost: 0, only_all: 0, only_kept: 0 },
      ci95: [expect.closeTo(-0.324, 3), expect.closeTo(0.324, 3)],
    });
  });

  it('counts pairs that only a probe tells apart which matters to the machine left out', () => {
    // Each machine answers to a probe of its own; of class b they answer 9 to a probe that all share.
    const shared = labels.map((label) => (label === 'b' ? 9 : 1));
    const own = labels.map((_, machine) => labels.map((_, probe) => (probe === machine ? 5 : 1)));
    const rows = own.map((values, machine) => [...values, shared[machine]!]);
    // The shared probe tells 12 pairs or more apart, a machine's own 6: one is enough to know the class by.
    const enough = choose(rows, { keep: 1 });
    expect(selectionLoss(enough.whole, enough.choices, labels, learners.knn, 1)).toMatchObject({ lost: 0 });
    const { of, all, kept } = blindPairs(enough.whole, enough.choices);
    // A machine left out and another of its class differ in the probes of these two, and neither is kept.
    expect({ of, all, kept }).toEqual({ of: 56, all: 56, kept: 32 });
  });

  it('leaves out of count the machines that are alone in their class, and labels that are all alike', () => {
    const { whole, choices } = choose(misleading, { keep: 2 });
    const some = [...labels.slice(0, 7), 'c'];
    expect(selectionLoss(whole, choices, some, learners.c45, 1)).toMatchObject({ machines: 7, alone: 1 });
    const every = labels.map((_, machine) => String(machine));
    expect(selectionLoss(whole, choices, every, learners.c45, 1)).toBeUndefined();
    const one = labels.map(() => 'linux');
    expect(selectionLoss(whole, choices, one, learners.c45, 1)).toBeUndefined();
  });

  it.each(Object.keys(learners).filter((name) => !name.startsWith('mljs')))(
    'has %s answer where the kept probes show nothing',
    (name) => {
      const { whole, choices } = choose(
        misleading.map(([known]) => [known!, 1, 1, 1, 1, 1]),
        { random: 1 },
      );
      const loss = selectionLoss(whole, choices, labels, learners[name as keyof typeof learners], 1)!;
      expect(loss.kept).toBeLessThan(1);
      expect(loss.lost).toBeCloseTo(loss.all - loss.kept, 12);
    },
  );
});
