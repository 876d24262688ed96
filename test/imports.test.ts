import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import ts from 'typescript';
import { expect, it } from 'vitest';
import { packageRoot } from '../src/package-root.js';

/** Imports run one way, from a row of this table to the rows below it. */
const rows = [
  ['cli', 'vitest'],
  ['library'],
  ['scenario'],
  ['testbed', 'learn', 'report', 'dataset', 'nmap'],
  ['probe', 'netem', 'images'],
  ['packet'],
];

/** Within a row, nothing but this. */
const beside: Readonly<Record<string, readonly string[]>> = { learn: ['dataset'], probe: ['netem'] };

/** Anyone may import these; they import only each other. */
const leaves = [
  'src/errors.ts',
  'src/random.ts',
  'src/atomic-file.ts',
  'src/collect-garbage.ts',
  'src/package-root.ts',
  'src/version.ts',
];

const mostLines = 250;

interface Import {
  readonly from: string;
  /** A file of ours, or the name of a package. */
  readonly to: string;
  /** Erased by the compiler: cannot run anything. */
  readonly typeOnly: boolean;
}

const sources = ['src', 'testbed', 'images'].flatMap((folder) =>
  readdirSync(join(packageRoot, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(ts|mts|js|mjs)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(packageRoot.length + 1))
    // They become part of an image, beside files of a package, and no part of Stackbed.
    .filter((file) => !file.startsWith('images/stacks/programs/')),
);
const text = new Map(sources.map((file) => [file, readFileSync(join(packageRoot, file), 'utf8')]));

function isTypeOnly(node: ts.ImportDeclaration | ts.ExportDeclaration): boolean {
  if (ts.isExportDeclaration(node)) return node.isTypeOnly;
  const clause = node.importClause;
  if (!clause) return false;
  const bindings = clause.namedBindings;
  const named = bindings && ts.isNamedImports(bindings) ? bindings.elements : [];
  const everyNameIsType = !clause.name && named.length > 0 && named.every((element) => element.isTypeOnly);
  return clause.phaseModifier === ts.SyntaxKind.TypeKeyword || everyNameIsType;
}

function importsOf(from: string): Import[] {
  const found: Import[] = [];
  const add = (specifier: ts.Node | undefined, typeOnly: boolean) => {
    if (!specifier || !ts.isStringLiteralLike(specifier)) return;
    const { text: name } = specifier;
    const local = name.startsWith('.');
    const to = local ? posix.normalize(posix.join(dirname(from), name)).replace(/\.js$/, '.ts') : name;
    found.push({ from, to, typeOnly });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node))
      add(node.moduleSpecifier, isTypeOnly(node));
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument))
      add(node.argument.literal, true);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
      add(node.arguments[0], false);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(from, text.get(from)!, ts.ScriptTarget.Latest));
  return found;
}

const imports = sources.flatMap(importsOf);
const local = imports.filter(({ to }) => text.has(to));

function roomOf(file: string): string {
  if (leaves.includes(file)) return 'leaves';
  const [first, second] = file.split('/');
  return first === 'src' ? second! : first!;
}

const rowOf = (room: string) => rows.findIndex((row) => row.includes(room));

function isAllowed(from: string, to: string): boolean {
  if (to === 'leaves' || from === to) return true;
  if (from === 'leaves' || rowOf(from) < 0 || rowOf(to) < 0) return false;
  return rowOf(to) > rowOf(from) || (beside[from]?.includes(to) ?? false);
}

it('every file belongs to a room of the table', () => {
  expect(sources.length).toBeGreaterThan(100);
  expect(sources.filter((file) => roomOf(file) !== 'leaves' && rowOf(roomOf(file)) < 0)).toEqual([]);
});

it('every import of ours leads to a file that is there', () => {
  expect(imports.filter(({ to }) => /^(\.|src\/|testbed\/|images\/)/.test(to) && !text.has(to))).toEqual([]);
  expect(local.length).toBeGreaterThan(200);
});

it('imports run one way', () => {
  const against = local.filter(({ from, to }) => !isAllowed(roomOf(from), roomOf(to)));
  expect(against.map(({ from, to }) => `${from} must not import ${to}`)).toEqual([]);
});

it('no file imports itself by way of others', () => {
  const next = new Map<string, string[]>();
  for (const { from, to, typeOnly } of local) if (!typeOnly) next.set(from, [...(next.get(from) ?? []), to]);
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (file: string, way: readonly string[]): void => {
    const at = way.indexOf(file);
    if (at >= 0) cycles.push([...way.slice(at), file].join(' → '));
    if (at >= 0 || done.has(file)) return;
    for (const to of next.get(file) ?? []) visit(to, [...way, file]);
    done.add(file);
  };
  for (const file of sources) visit(file, []);
  expect(cycles).toEqual([]);
});

it('what is imported from elsewhere is a dependency of the package', () => {
  const manifest = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8'));
  const allowed = { ...manifest.dependencies, ...manifest.peerDependencies };
  const packageOf = (name: string) =>
    name
      .split('/')
      .slice(0, name.startsWith('@') ? 2 : 1)
      .join('/');
  const foreign = imports.filter(({ to }) => !text.has(to) && !to.startsWith('node:'));
  const unknown = foreign.filter(({ to }) => !(packageOf(to) in allowed));
  expect(unknown.map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
});

it(`no file is longer than ${mostLines} lines`, () => {
  const lines = [...text].map(([file, content]) => ({ file, lines: content.trimEnd().split('\n').length }));
  expect(lines.filter((one) => one.lines > mostLines)).toEqual([]);
});
