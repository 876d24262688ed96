import { InputError, InputErrors } from '../errors.js';
import { doubtful, type Expression, formatExpression, parseExpression } from './expression.js';
import { excerpt, type Fingerprint, FormatFault, parseTestLine } from './fingerprint.js';

/** How a reference is classified: `Class Vendor | family | generation | type`. */
export interface OsClass {
  readonly vendor: string;
  readonly family: string;
  /** Empty where there is none. */
  readonly generation: string;
  readonly type: string;
  /** `cpe:/o:…`, with what follows it on its line (`auto`). */
  readonly cpe: readonly string[];
}

/** Tests by line and name. */
export type Expressions = ReadonlyMap<string, ReadonlyMap<string, Expression>>;

export interface Reference {
  /** Where it starts in the file, from 1. */
  readonly line: number;
  readonly name: string;
  readonly classes: readonly OsClass[];
  readonly expressions: Expressions;
  /** Blank lines and comments before it, as they are. */
  readonly before: readonly string[];
}

/** Points of each test by line and name. */
export type MatchPoints = ReadonlyMap<string, ReadonlyMap<string, number>>;

export interface Database {
  /** Blank lines and comments before the points. */
  readonly before: readonly string[];
  readonly points: MatchPoints;
  readonly references: readonly Reference[];
  /** Blank lines and comments at the end. */
  readonly after: readonly string[];
  /** What was read and is hardly meant: where, and why. */
  readonly doubts: readonly InputError[];
}

const mostFaults = 20;

/** A line by which nmap keeps its older releases from a database that they cannot read. */
const forNewer = /^This nmap-os-db is only valid for Nmap \S+ and later$/;

interface Block {
  readonly kind: 'points' | 'reference';
  readonly line: number;
  readonly name: string;
  readonly before: readonly string[];
  readonly classes: OsClass[];
  readonly tests: Map<string, ReadonlyMap<string, string>>;
  readonly expressions: Map<string, ReadonlyMap<string, Expression>>;
}

/**
 * Reads a database in the format of `nmap-os-db`.
 *
 * @param file its name, for messages
 * @throws InputErrors with the line of each fault, the first 20 of them
 */
export function parseDatabase(text: string, file: string): Database {
  const errors: InputError[] = [];
  const blocks: Block[] = [];
  let before: string[] = [];
  /** Equal expressions are one object: a database repeats a few thousand of them. */
  const known = new Map<string, Expression>();
  const fault = (line: number, message: string, remedy?: string) => {
    errors.push(new InputError(message, { place: { file, line, column: 1 }, remedy }));
  };
  const start = (kind: Block['kind'], line: number, name: string) => {
    blocks.push({ kind, line, name, before, classes: [], tests: new Map(), expressions: new Map() });
    before = [];
  };
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  for (const [index, content] of lines.entries()) {
    // A file of another kind is one fault, not as many as it has lines.
    if (errors.length >= mostFaults || (errors.length > 0 && blocks.length === 0)) break;
    const number = index + 1;
    if (content.trim() === '' || content.startsWith('#') || (blocks.length === 0 && forNewer.test(content))) {
      before.push(content);
      continue;
    }
    try {
      const [, keyword, rest] = /^(Fingerprint|MatchPoints|Class|CPE)(?: (.*))?$/.exec(content) ?? [];
      if (keyword === 'MatchPoints') start('points', number, '');
      else if (keyword === 'Fingerprint') start('reference', number, nameOf(rest));
      else addTo(current(blocks, before, content), keyword, rest ?? '', content, known);
    } catch (error) {
      if (!(error instanceof FormatFault)) throw error;
      fault(number, error.message, error.remedy);
    }
  }
  const points = blocks.filter(({ kind }) => kind === 'points');
  if (errors.length === 0 && points.length !== 1)
    fault(points[1]?.line ?? 1, `a database has MatchPoints once, and here it is ${points.length} times`);
  for (const block of blocks)
    if (errors.length < mostFaults && block.tests.size === 0)
      fault(
        block.line,
        `${block.kind === 'points' ? 'MatchPoints' : `"${excerpt(block.name)}"`} has no tests`,
      );
  const pointsOf = errors.length === 0 ? readPoints(points[0]!, fault) : undefined;
  if (errors.length > 0 || !pointsOf) throw new InputErrors(errors);
  const references = blocks.filter(({ kind }) => kind === 'reference');
  return {
    before: points[0]!.before,
    points: pointsOf,
    references,
    after: before,
    doubts: doubtsOf(references, file),
  };
}

function doubtsOf(references: readonly Reference[], file: string): InputError[] {
  return references.flatMap(({ line, name, expressions }) =>
    [...expressions].flatMap(([at, tests]) =>
      [...tests].flatMap(([test, expression]) => {
        const doubt = doubtful(expression);
        if (doubt === undefined) return [];
        const message = `${test} of ${at} of "${excerpt(name)}" has "${excerpt(doubt)}", which is no range of hexadecimal numbers`;
        return [new InputError(message, { place: { file, line, column: 1 } })];
      }),
    ),
  );
}

function nameOf(rest: string | undefined): string {
  if (rest === undefined || rest.trim() === '') throw new FormatFault('a fingerprint without a name');
  return rest;
}

function current(blocks: Block[], before: readonly string[], content: string): Block {
  const block = blocks.at(-1);
  if (!block) throw new FormatFault(`"${excerpt(content)}" stands before the first Fingerprint`);
  if (before.length > 0)
    throw new FormatFault(
      `"${excerpt(content)}" stands behind a blank line or a comment, and in no fingerprint`,
    );
  return block;
}

function addTo(
  block: Block,
  keyword: string | undefined,
  rest: string,
  content: string,
  known: Map<string, Expression>,
): void {
  if (keyword === 'Class' || keyword === 'CPE') {
    if (block.kind === 'points' || block.tests.size > 0)
      throw new FormatFault(`${keyword} stands between a Fingerprint and its tests`);
    if (keyword === 'Class') block.classes.push(classOf(rest));
    else {
      const last = block.classes.at(-1);
      if (!last) throw new FormatFault('CPE stands behind the Class that it belongs to');
      if (!rest.startsWith('cpe:/')) throw new FormatFault(`"${excerpt(rest)}" is not a CPE`);
      block.classes[block.classes.length - 1] = { ...last, cpe: [...last.cpe, rest] };
    }
    return;
  }
  const { name, tests } = parseTestLine(content);
  if (block.tests.has(name)) throw new FormatFault(`${name} is here twice`);
  block.tests.set(name, tests);
  if (block.kind === 'points') return;
  const expressions = new Map<string, Expression>();
  for (const [test, text] of tests) {
    let expression = known.get(text);
    if (!expression) {
      expression = parseExpression(text);
      known.set(text, expression);
    }
    expressions.set(test, expression);
  }
  block.expressions.set(name, expressions);
}

function classOf(rest: string): OsClass {
  const fields = rest.split('|').map((field) => field.trim());
  const [vendor, family, generation, type] = fields;
  if (fields.length !== 4 || vendor === '' || family === '' || type === '')
    throw new FormatFault('a Class is of the form VENDOR | FAMILY | GENERATION | TYPE');
  return { vendor: vendor!, family: family!, generation: generation!, type: type!, cpe: [] };
}

function readPoints(block: Block, fault: (line: number, message: string) => void): MatchPoints {
  const points = new Map<string, ReadonlyMap<string, number>>();
  for (const [name, tests] of block.tests) {
    for (const [test, text] of tests)
      if (!/^\d{1,6}$/.test(text))
        fault(block.line, `${test} of ${name} has the points "${excerpt(text)}": not a number`);
    points.set(name, new Map([...tests].map(([test, text]) => [test, Number(text)])));
  }
  return points;
}

/** The text of a database; of one that was read, what was read. */
export function formatDatabase({ before, points, references, after }: Omit<Database, 'doubts'>): string {
  const lines = [...before, 'MatchPoints'];
  for (const [name, tests] of points) lines.push(formatTests(name, tests, String));
  for (const reference of references) {
    lines.push(...reference.before, `Fingerprint ${reference.name}`);
    for (const { vendor, family, generation, type, cpe } of reference.classes) {
      lines.push(`Class ${vendor} | ${family} |${generation === '' ? '' : ` ${generation} `}| ${type}`);
      lines.push(...cpe.map((each) => `CPE ${each}`));
    }
    for (const [name, tests] of reference.expressions) lines.push(formatTests(name, tests, formatExpression));
  }
  return `${[...lines, ...after].join('\n')}\n`;
}

function formatTests<T>(name: string, tests: ReadonlyMap<string, T>, format: (value: T) => string): string {
  return `${name}(${[...tests].map(([test, value]) => `${test}=${format(value)}`).join('%')})`;
}

/** A fingerprint whose values are the texts of a reference's expressions. */
export function expressionTexts({ expressions }: Pick<Reference, 'expressions'>): Fingerprint {
  const texts = (tests: ReadonlyMap<string, Expression>) =>
    new Map([...tests].map(([test, expression]) => [test, formatExpression(expression)]));
  return new Map([...expressions].map(([name, tests]) => [name, texts(tests)]));
}
