import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { obtainTool } from '../images/index.js';
import { CapabilityError } from '../src/errors.js';
import { localPortPair } from '../src/netem/local-port.js';
import { Wire } from '../src/netem/wire.js';
import { parseDatabase } from '../src/nmap/database.js';
import { Matcher } from '../src/nmap/match.js';
import { personalityOf } from '../src/nmap/personality.js';
import { parseSubject } from '../src/nmap/subject-text.js';
import { addressing } from '../src/probe/addressing.js';
import { Control } from '../src/probe/control.js';
import { randomStream } from '../src/random.js';
import { Lab } from '../testbed/lab/lab.js';
import { Lease } from '../testbed/lease/lease.js';
import { joinLabProber } from '../testbed/tools/lab-prober.js';
import { type RealNmap, runNmap } from '../testbed/tools/nmap.js';
import { host, type Verdict } from './figures.js';
import { listen } from './nmap/listener.js';
import { drawPrints, type Print } from './nmap/prints.js';

const [open, closed] = [22, 81];
const patienceMs = 240_000;
const usualPrints = 100;

/** What nmap found of a machine that answers as a print says; undefined where it found no machine. */
async function scanned(lab: Lab, lease: Lease, print: Print, seed: number): Promise<RealNmap | undefined> {
  const wire = new Wire();
  const [inside, prober] = localPortPair('prober');
  const [outside, machine] = localPortPair('machine');
  wire.attach(inside);
  const personality = {
    ...({ kind: 'personality', answers: 'own' } as const),
    ...{ name: print.reference.name, open: [open] },
    drawn: (draw: () => number) => personalityOf(print.tests, draw),
  };
  const path = { forward: [], reverse: [], both: [personality] };
  new Control(wire.attach(outside, { path, seed, origin: addressing.copies }));
  listen(machine, open);
  try {
    await using _joined = await joinLabProber(lab, prober);
    return await runNmap({ lab, lease, open, closed, timeoutMs: patienceMs });
  } catch (error) {
    if (error instanceof CapabilityError && error.message.startsWith('nmap found no machine'))
      return undefined;
    throw error;
  } finally {
    await wire.close();
  }
}

/** Guesses as nmap tells them. */
const told = (guesses: readonly { readonly name: string; readonly percent: number }[]) =>
  guesses.map(({ name, percent }) => `${percent} ${name}`);

/** Where two lists of guesses begin to differ. */
function differing(theirs: readonly string[], ours: readonly string[]): string {
  const longer = Array.from({ length: Math.max(theirs.length, ours.length) }, (_, index) => index);
  const at = longer.find((index) => theirs[index] !== ours[index])!;
  return `at ${at + 1} nmap has ${theirs[at] ?? 'none'}, we ${ours[at] ?? 'none'}`;
}

/**
 * Prints of the user's database, some of their tests changed, are answered by a personality and scanned by the real nmap; the
 * fingerprint that it printed is given to our matcher, whose guesses must be nmap's.
 */
export async function nmapMatch(
  say: (text: string) => void,
  { seed = 1, prints: count = usualPrints } = {},
): Promise<Verdict> {
  await using lease = await Lease.acquire();
  const lab = await Lab.open(lease);
  // The one that this very nmap reads.
  const file = join((await obtainTool('nmap')).share, 'nmap-os-db');
  const database = parseDatabase(await readFile(file, 'utf8'), file);
  const matcher = new Matcher(database);
  const prints = drawPrints(database, count, randomStream(seed, 'prints'));
  const rows: object[] = [];
  const lines: string[] = [];
  const counts = { top: 0, all: 0, own: 0, none: 0, changed: 0 };
  for (const [index, print] of prints.entries()) {
    const found = await scanned(lab, lease, print, seed + index);
    const name = `${index + 1} ${print.reference.name} (${print.changed.join(' ') || 'as it is'})`;
    counts.changed += print.changed.length;
    if (!found) {
      counts.none++;
      say(`${name}: no fingerprint`);
      lines.push(`${name}: nmap printed no fingerprint`);
      continue;
    }
    const { fingerprint } = parseSubject(found.subject, 'nmap');
    const ours = told(
      matcher
        .guesses(fingerprint)
        .map((match) => ({ name: match.reference.name, percent: Math.floor(match.accuracy * 100) })),
    );
    const theirs = told(found.guesses.map((guess) => ({ name: guess.name, percent: guess.accuracy })));
    const isTop = ours[0] === theirs[0];
    const isAll = ours.join('\n') === theirs.join('\n');
    rows.push({
      print: print.reference.name,
      changed: print.changed,
      subject: found.subject,
      nmap: theirs,
      ours,
    });
    if (isTop) counts.top++;
    if (isAll) counts.all++;
    if (theirs.some((guess) => guess.endsWith(` ${print.reference.name}`))) counts.own++;
    const difference = isAll ? '' : `; guesses differ: ${differing(theirs, ours)}`;
    say(`${name}: ${theirs[0] ?? 'no guess'}${difference}`);
    if (!isAll) lines.push(`${name}${difference}`);
  }
  const scans = prints.length - counts.none;
  const text = [
    `${prints.length} prints with ${counts.changed} tests changed, ${scans} of them scanned: best guess and accuracy are`,
    `nmap's own for ${counts.top}, all guesses for ${counts.all}; nmap's guesses have the print's own name for ${counts.own}`,
    ...lines,
  ].join('\n');
  const holds = counts.top === scans && scans > 0;
  return { bench: 'nmap-match', at: new Date().toISOString(), host: host(), rows, text, holds };
}
