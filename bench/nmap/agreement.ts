import type { Fingerprint } from '../../src/nmap/fingerprint.js';
import { chiSquare, holm, kolmogorovSmirnov } from '../statistics/tests.js';

/** Fingerprints of one machine by either, scan by scan. */
export interface Scans {
  readonly image: string;
  readonly ours: readonly Fingerprint[];
  readonly nmap: readonly Fingerprint[];
}

/** A test that had one value in all scans of either, and another in those of the other. */
export interface Difference {
  readonly test: string;
  readonly ours: string;
  readonly nmap: string;
}

/** A test that varied from scan to scan, as two samples. */
export interface Varying {
  readonly test: string;
  readonly ours: string;
  readonly nmap: string;
  /** By Holm's correction over all stacks; 1 where there is too little to tell. */
  readonly corrected: number;
}

export interface StackAgreement {
  readonly image: string;
  /** Tests that had the same one value in all scans of both. */
  readonly equal: number;
  readonly different: readonly Difference[];
  readonly varying: readonly Varying[];
}

const absent = '(none)';

/** Values of each test over the scans; `absent` where a scan had none. */
function valuesOf(scans: readonly Fingerprint[], names: readonly string[]): Map<string, string[]> {
  return new Map(
    names.map((name) => {
      const [line, test] = name.split('.') as [string, string];
      return [name, scans.map((scan) => scan.get(line)?.get(test) ?? absent)];
    }),
  );
}

const namesOf = (scans: readonly Fingerprint[]) =>
  scans.flatMap((scan) =>
    [...scan].flatMap(([line, tests]) => [...tests.keys()].map((test) => `${line}.${test}`)),
  );

/** The chance that two samples of one law differ by so much: of numbers by rank, of other values by class. */
function chance(ours: readonly string[], nmap: readonly string[]): number {
  const all = [...ours, ...nmap];
  if (all.every((value) => /^[0-9A-F]+$/.test(value))) {
    const numbers = (values: readonly string[]) => values.map((value) => Number.parseInt(value, 16));
    return kolmogorovSmirnov(numbers(ours), numbers(nmap)).p;
  }
  const classes = [...new Set(all)].sort();
  const codes = (values: readonly string[]) => values.map((value) => classes.indexOf(value));
  try {
    return chiSquare(codes(ours), codes(nmap)).p;
  } catch (error) {
    if (error instanceof RangeError) return 1;
    throw error;
  }
}

/** `100-10C` of numbers, `I or RI` of other values. */
function summary(values: readonly string[]): string {
  const different = [...new Set(values)];
  if (different.length < 2 || !different.every((value) => /^[0-9A-F]+$/.test(value)))
    return different.sort().join(' or ');
  const sorted = different.sort((a, b) => Number.parseInt(a, 16) - Number.parseInt(b, 16));
  return `${sorted[0]}-${sorted.at(-1)}`;
}

/** Compares test by test; the chances of all stacks are one family. */
export function agreements(stacks: readonly Scans[]): StackAgreement[] {
  const found = stacks.map(({ image, ours, nmap }) => {
    const names = [...new Set(namesOf([...ours, ...nmap]))];
    const [a, b] = [valuesOf(ours, names), valuesOf(nmap, names)];
    const tests = names.map((test) => ({ test, ours: a.get(test)!, nmap: b.get(test)! }));
    const varies = (each: (typeof tests)[number]) =>
      new Set(each.ours).size > 1 || new Set(each.nmap).size > 1;
    const steady = tests.filter((each) => !varies(each));
    return {
      image,
      equal: steady.filter((each) => each.ours[0] === each.nmap[0]).length,
      different: steady
        .filter((each) => each.ours[0] !== each.nmap[0])
        .map((each) => ({ test: each.test, ours: each.ours[0]!, nmap: each.nmap[0]! })),
      varying: tests.filter(varies).map((each) => ({
        ...{ test: each.test, ours: summary(each.ours), nmap: summary(each.nmap) },
        p: chance(each.ours, each.nmap),
      })),
    };
  });
  const corrected = holm(found.flatMap(({ varying }) => varying.map(({ p }) => p)));
  let at = 0;
  return found.map((stack) => ({
    ...stack,
    varying: stack.varying.map(({ p: _, ...each }) => ({ ...each, corrected: corrected[at++]! })),
  }));
}

const level = 0.01;

/** Whether every steady test agrees, and no varying one is drawn from another law. */
export const agrees = ({ different, varying }: StackAgreement) =>
  different.length === 0 && varying.every(({ corrected }) => corrected >= level);

/** A table of the stacks, and below it each test that varied or differs. */
export function agreementText(stacks: readonly StackAgreement[]): string {
  const rows = stacks.map(
    (stack) =>
      `| ${stack.image} | ${stack.equal} | ${stack.different.length} | ${stack.varying.map(({ test, ours, nmap, corrected }) => `${test} ${ours} / ${nmap} (p ${corrected.toPrecision(2)})`).join(', ')} | ${agrees(stack) ? 'yes' : 'no'} |`,
  );
  const differences = stacks.flatMap(({ image, different }) =>
    different.map(({ test, ours, nmap }) => `${image}: ${test} is ${ours}, and ${nmap} by nmap`),
  );
  return [
    '| stack | tests equal in all scans | different | varied: ours / nmap (corrected p) | agrees |',
    '|---|---|---|---|---|',
    ...rows,
    ...(differences.length > 0 ? ['', ...differences] : []),
  ].join('\n');
}
