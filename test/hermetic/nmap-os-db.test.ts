import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { obtainTool } from '../../images/index.js';
import { type Database, formatDatabase, parseDatabase, type Reference } from '../../src/nmap/database.js';
import { formatExpression } from '../../src/nmap/expression.js';
import type { Fingerprint } from '../../src/nmap/fingerprint.js';
import { Matcher } from '../../src/nmap/match.js';
import { synthesizeFingerprint } from '../../src/nmap/synthesize.js';
import { type RandomStream, randomStream } from '../../src/random.js';

let text: string;
let database: Database;

beforeAll(async () => {
  const { share } = await obtainTool('nmap-os-db');
  text = await readFile(join(share, 'nmap-os-db'), 'utf8');
  database = parseDatabase(text, 'nmap-os-db');
});

it("reads nmap's own database and prints it as it was", () => {
  expect(database.references.length).toBeGreaterThan(5500);
  expect(formatDatabase(database) === text).toBe(true);
  // Slips of the database itself.
  expect(database.doubts.length).toBeLessThan(100);
});

/** As the documentation tells it, with a regular expression made of each expression: slow, and nothing shared. */
function accuracyByTheBook(subject: Fingerprint, reference: Reference): number {
  let [possible, matched] = [0, 0];
  for (const [line, tests] of subject) {
    for (const [test, value] of tests) {
      const expression = reference.expressions.get(line)?.get(test);
      if (!expression) continue;
      const points = database.points.get(line)?.get(test) ?? 0;
      possible += points;
      if (allowedByTheBook(formatExpression(expression), value)) matched += points;
    }
  }
  return possible > 0 ? matched / possible : 0;
}

/** Of a text that is not the last alternative nmap asks only that the value begins with it; `nested` is within brackets. */
function allowedByTheBook(expression: string, value: string, nested = false): boolean {
  const number = /^[0-9A-F]+$/.test(value) ? Number.parseInt(value, 16) : Number.NaN;
  // Brackets hold one range or bound here, or some: each becomes a group whose number is looked at afterwards.
  const groups: string[] = [];
  const outside = expression.replaceAll(/\[([^\]]*)\]/g, (_, inner: string) => `‹${groups.push(inner) - 1}›`);
  const alternatives = outside.split('|');
  return alternatives.some((each, place) => {
    if (each.includes('‹')) {
      const inner = [...each.matchAll(/‹(\d+)›/g)].map((found) => groups[Number(found[1])]!);
      const pattern = each
        .split(/‹\d+›/)
        .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
        .join('([0-9A-F]*)');
      const found = new RegExp(`^${pattern}$`).exec(value);
      return found !== null && inner.every((group, at) => allowedByTheBook(group, found[at + 1]!, true));
    }
    const range = /^([0-9A-F]+)-([0-9A-F]+)$/.exec(each);
    if (range) return number >= Number.parseInt(range[1]!, 16) && number <= Number.parseInt(range[2]!, 16);
    const bound = /^([<>])([0-9A-F]+)$/.exec(each);
    if (!bound) {
      const isLast = nested || place === alternatives.length - 1;
      return isLast ? each === value : value.startsWith(each);
    }
    const limit = Number.parseInt(bound[2]!, 16);
    return bound[1] === '>' ? number > limit : number < limit;
  });
}

/** A fingerprint of the database with 0 to 5 of its tests changed. */
function changed(reference: Reference, random: RandomStream): { subject: Fingerprint; changes: number } {
  const subject = new Map(
    [...synthesizeFingerprint(reference, random)].map(([name, tests]) => [name, new Map(tests)]),
  );
  const places = [...subject].flatMap(([name, tests]) => [...tests.keys()].map((test) => ({ name, test })));
  const changes = random.below(6);
  for (let change = 0; change < changes; change++) {
    const { name, test } = places[random.below(places.length)]!;
    subject.get(name)!.set(test, 'QUITE');
  }
  return { subject, changes };
}

it('gives 100 fingerprints with 0 to 5 tests changed the accuracies and guesses of the documented method', {
  timeout: 120_000,
}, () => {
  const matcher = new Matcher(database);
  const random = randomStream(8, 'subjects');
  let lowered = 0;
  for (let round = 0; round < 100; round++) {
    const reference = database.references[random.below(database.references.length)]!;
    const { subject, changes } = changed(reference, random);
    const ranked = matcher.rank(subject);
    const own = ranked.find((match) => match.reference === reference)!;
    if (changes === 0) expect(own.accuracy, reference.name).toBe(1);
    // A change does not show where an alternative is empty, with which every value begins.
    else if (own.accuracy < 1) lowered++;
    // The whole database for some; the best ten and the reference itself for each.
    const compared = round % 10 === 0 ? ranked : [...ranked.slice(0, 10), own];
    for (const match of compared)
      expect(accuracyByTheBook(subject, match.reference), match.reference.name).toBe(match.accuracy);
    const order = ranked.map(({ accuracy }) => accuracy);
    expect(order).toEqual(order.toSorted((a, b) => b - a));
  }
  expect(lowered).toBeGreaterThan(70);
});
