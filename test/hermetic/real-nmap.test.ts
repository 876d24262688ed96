import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { obtainTool } from '../../images/index.js';
import { formatDatabase, parseDatabase, type Reference } from '../../src/nmap/database.js';
import { type Expression, parseExpression } from '../../src/nmap/expression.js';
import type { Fingerprint } from '../../src/nmap/fingerprint.js';
import { Matcher } from '../../src/nmap/match.js';
import { observe } from '../../src/nmap/observe.js';
import { nmapScan } from '../../src/nmap/scan.js';
import { parseSubject } from '../../src/nmap/subject-text.js';
import { type RandomStream, randomStream } from '../../src/random.js';
import { Lab } from '../../testbed/lab/lab.js';
import { Lease } from '../../testbed/lease/lease.js';
import { slowdownFactor } from '../../testbed/speed.js';
import { joinLabProber } from '../../testbed/tools/lab-prober.js';
import { runNmap } from '../../testbed/tools/nmap.js';
import { withMachine } from '../support/bed.js';
import { temporaryFolder } from '../support/cli.js';
import { canMakeNamespaces } from '../support/root.js';

const ports = { open: 22, closed: 81 };
/** Drawn by the machine anew for each scan: sequence numbers, and the start of a connection's timestamps. */
const random = ['SP', 'ISR', 'GCD', 'TS'];

function steady(fingerprint: Fingerprint): Record<string, Record<string, string>> {
  const lines = [...fingerprint].map(([line, tests]) => {
    const kept = [...tests].filter(([test]) => line !== 'SEQ' || !random.includes(test));
    return [line, Object.fromEntries(kept)] as const;
  });
  return Object.fromEntries(lines);
}

/** A reference like the subject, but for `changes` of its tests. */
function changed(subject: Fingerprint, name: string, changes: number, stream: RandomStream): Reference {
  const broad = new Map([...random.map((test) => [test, '0-FFFFFFFF'] as const)]);
  const expressions = new Map(
    [...subject].map(([line, tests]) => {
      const of = (test: string, value: string) => (line === 'SEQ' ? (broad.get(test) ?? value) : value);
      return [
        line,
        new Map([...tests].map(([test, value]) => [test, parseExpression(of(test, value))])),
      ] as const;
    }),
  );
  const places = [...expressions].flatMap(([line, tests]) =>
    [...tests.keys()].map((test) => [line, test] as const),
  );
  for (let change = 0; change < changes; change++) {
    const [line, test] = places[stream.below(places.length)]!;
    const other: Expression = parseExpression(
      ['FFF0-FFF1', 'QUITE|OTHER', '>FFFFFFF0', ''][stream.below(4)]!,
    );
    expressions.get(line)!.set(test, other);
  }
  const classes = [{ vendor: 'Made', family: 'Up', generation: '', type: 'machine', cpe: [] }];
  return { line: 0, name, classes, expressions, before: [''] };
}

it.runIf(canMakeNamespaces)('agrees with the real nmap on the same guest', { timeout: 300_000 }, async () => {
  await using folder = await temporaryFolder();
  await using lease = await Lease.acquire();
  const lab = await Lab.open(lease);
  const { share } = await obtainTool('nmap');
  const stock = parseDatabase(await readFile(join(share, 'nmap-os-db'), 'utf8'), 'nmap-os-db');
  await copyFile(join(share, 'nmap-services'), join(folder.path, 'nmap-services'));
  await withMachine('linux-6.12+deb13', {}, async ({ prober, control }) => {
    const slowdown = slowdownFactor();
    const scan = { prober, control, random: randomStream(1, 'nmap'), timeoutMs: 200 * slowdown };
    const ours = observe(await nmapScan({ ...scan, ports: { ...ports, closedUdp: 40_125 } }));
    await using _joined = await joinLabProber(lab, prober);
    const real = (data?: string) => runNmap({ lab, lease, ...ports, data, timeoutMs: 60_000 * slowdown });
    const first = await real();
    const theirs = parseSubject(first.subject, 'nmap').fingerprint;
    expect(steady(theirs)).toEqual(steady(ours.fingerprint));
    const compare = (database: typeof stock, { subject, guesses }: typeof first) => {
      const matches = new Matcher(database).guesses(parseSubject(subject, 'nmap').fingerprint);
      const own = matches.map(({ reference, accuracy }) => `${Math.floor(accuracy * 100)} ${reference.name}`);
      expect(own).toEqual(guesses.map(({ name, accuracy }) => `${accuracy} ${name}`));
      return own.length;
    };
    expect(compare(stock, first)).toBe(10);
    let compared = 0;
    const stream = randomStream(8, 'references');
    for (let round = 0; round < 11; round++) {
      const references = Array.from({ length: 10 }, (_, index) => {
        // The last has each name twice, the first some that match in every test.
        const name = `made up ${round === 10 ? index % 5 : index}`;
        return changed(theirs, name, round === 0 ? index % 6 : 1 + stream.below(5), stream);
      });
      const text = formatDatabase({ ...stock, before: [], references, after: [] });
      await writeFile(join(folder.path, 'nmap-os-db'), text);
      compared += compare(parseDatabase(text, 'made up'), await real(folder.path));
    }
    expect(compared).toBeGreaterThan(90);
  });
});
