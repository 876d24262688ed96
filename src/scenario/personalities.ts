import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { InputError, type Place } from '../errors.js';
import { type Database, type Expressions, expressionTexts } from '../nmap/database.js';
import { formatFingerprint } from '../nmap/fingerprint.js';
import { personalityOf } from '../nmap/personality.js';
import { parsePrint } from '../nmap/print.js';
import { nearestName } from './nearest-name.js';
import { findNmapDatabase } from './nmap-database.js';
import type { PathLists, StageInput } from './path-schema.js';
import type { Scenario } from './schema.js';

type PersonalityInput = NonNullable<StageInput['personality']>;

/** A scenario, and where a value of it stands. */
interface Read {
  readonly scenario: Scenario;
  readonly input: Readonly<Record<string, unknown>>;
  readonly file: string;
  place(path: readonly PropertyKey[]): Place;
}

interface Found {
  readonly personality: PersonalityInput;
  readonly place: Place;
}

const lists = ['forward', 'reverse', 'both'] as const;
type Lists = Pick<PathLists, (typeof lists)[number]>;

/** A stretch with other personalities. */
function mapStretch<T extends Lists>(stretch: T, map: (own: PersonalityInput) => PersonalityInput): T {
  const mapped = (stages: readonly StageInput[]) =>
    stages.map((stage) => (stage.personality ? { ...stage, personality: map(stage.personality) } : stage));
  return { ...stretch, ...Object.fromEntries(lists.map((list) => [list, mapped(stretch[list])])) };
}

function mapPath(path: PathLists, map: (own: PersonalityInput) => PersonalityInput): PathLists {
  return { ...mapStretch(path, map), boxes: path.boxes.map((box) => mapStretch(box, map)) };
}

function inPath(path: PathLists, placeOf: (at: readonly PropertyKey[]) => Place): Found[] {
  const stretches = [{ own: path as Lists, at: [] as PropertyKey[] }].concat(
    path.boxes.map((box, index) => ({ own: box, at: ['boxes', index] })),
  );
  return stretches.flatMap(({ own, at }) =>
    lists.flatMap((list) =>
      own[list].flatMap(({ personality }, index) =>
        personality ? [{ personality, place: placeOf([...at, list, index, 'personality']) }] : [],
      ),
    ),
  );
}

/** By what a print is noted. */
const keyOf = ({ nmap, database, fingerprint }: PersonalityInput) =>
  fingerprint !== undefined
    ? `fingerprint ${fingerprint}`
    : `nmap ${nmap}${database === undefined ? '' : ` of ${database}`}`;

/** Reads prints, each database once. */
class PrintReader {
  private readonly databases = new Map<string | undefined, Promise<{ path: string; database: Database }>>();

  constructor(private readonly folder: string) {}

  async text({ personality, place }: Found): Promise<string> {
    const { nmap, database, fingerprint } = personality;
    return fingerprint === undefined
      ? this.ofDatabase(nmap!, database, place)
      : this.ofFile(fingerprint, place);
  }

  private async ofFile(name: string, place: Place): Promise<string> {
    const file = resolve(this.folder, name);
    const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      throw new InputError(`the fingerprint ${file} cannot be read: ${error.code ?? error.message}`, {
        place,
        remedy: 'give a file that has what stackbed nmap prints of a machine, beside the scenario',
      });
    });
    const print = parsePrint(textOf(text, file), file);
    return formatFingerprint(expressionTexts({ expressions: print })).join('\n');
  }

  private async ofDatabase(name: string, file: string | undefined, place: Place): Promise<string> {
    const at = file === undefined ? undefined : resolve(this.folder, file);
    const reading = this.databases.get(at) ?? findNmapDatabase(at);
    this.databases.set(at, reading);
    const { path, database } = await reading;
    const reference = database.references.find((one) => one.name === name);
    if (reference) return formatFingerprint(expressionTexts(reference)).join('\n');
    const near = nearestName(
      name,
      database.references.map((one) => one.name),
    );
    throw new InputError(`${path} has no fingerprint ${JSON.stringify(name)}`, {
      place,
      remedy: near ? `did you mean ${JSON.stringify(near)}?` : 'give the whole name behind a "Fingerprint"',
    });
  }
}

/** The fingerprint in what `stackbed nmap` prints: from its first line to the next blank one, or `text` of its JSON. */
function textOf(content: string, file: string): string {
  if (!content.trimStart().startsWith('{')) {
    const lines = content.split('\n');
    const first = lines.findIndex((line) => /^\s*(OS:|Fingerprint |[A-Z][A-Z0-9]*\()/.test(line));
    const length = lines.slice(Math.max(0, first)).findIndex((line) => line.trim() === '');
    const end = length < 0 ? lines.length : first + length;
    return lines.map((line, index) => (first < 0 || (index >= first && index < end) ? line : '')).join('\n');
  }
  try {
    const { text } = JSON.parse(content) as { text?: unknown };
    if (typeof text === 'string') return text;
  } catch {
    // Told below, as of JSON that has no text.
  }
  throw new InputError(`${file} is JSON and has no \`text\` with a fingerprint`, {
    remedy: 'give what stackbed nmap --json prints, or a fingerprint as text',
  });
}

/**
 * The scenario with the prints of its personalities, which its input notes, too: so a run needs neither file nor
 * database again.
 *
 * @throws InputError for a name or file that is not there, InputErrors for what is wrong in a file; CapabilityError where no
 * database can be had
 */
export async function withPrints<T extends Read>(read: T): Promise<T> {
  const { scenario } = read;
  const found = [
    ...inPath(scenario.path, (at) => read.place(['path', ...at])),
    ...scenario.conditions.flatMap(({ path, item, swept }) =>
      inPath(path, (at) =>
        read.place(
          swept ? ['conditions', item, 'sweep', 'personality'] : ['conditions', item, 'path', ...at],
        ),
      ),
    ),
  ];
  if (found.length === 0) return read;
  const reader = new PrintReader(dirname(read.file));
  const texts: Record<string, string> = {};
  const prints = new Map<string, Expressions>();
  for (const one of found) {
    const key = keyOf(one.personality);
    if (prints.has(key)) continue;
    texts[key] = scenario.prints?.[key] ?? (await reader.text(one));
    prints.set(key, parsePrint(texts[key], key));
  }
  const map = (own: PersonalityInput): PersonalityInput => {
    const print = prints.get(keyOf(own))!;
    return { ...own, drawn: (draw) => personalityOf(print, draw) };
  };
  return {
    ...read,
    scenario: {
      ...scenario,
      prints: texts,
      path: mapPath(scenario.path, map),
      conditions: scenario.conditions.map((one) => ({ ...one, path: mapPath(one.path, map) })),
    },
    input: { ...read.input, prints: texts },
  };
}
