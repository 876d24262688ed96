import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/package-root.js';

const pages = join(packageRoot, 'docs/labs');

/** A lab of docs/labs: its page, its scenario and the change that its page asks for. */
export interface Lab {
  readonly name: string;
  readonly page: string;
  /** Path of the scenario, from the root of the repository. */
  readonly file: string;
  readonly scenario: string;
  /** Lines of the page's diff. */
  readonly diff: readonly string[];
}

export function labNamed(name: string): Lab {
  const page = readFileSync(join(pages, `${name}.md`), 'utf8');
  const file = `scenarios/failure-modes/${name}.scenario.yaml`;
  const diff = /```diff\n(?<lines>[^`]+)\n```/.exec(page)?.groups?.lines?.split('\n') ?? [];
  return { name, page, file, scenario: readFileSync(join(packageRoot, file), 'utf8'), diff };
}

export const labNames = readdirSync(pages)
  .filter((file) => file.endsWith('.md') && file !== 'README.md')
  .map((file) => file.slice(0, -'.md'.length));

const sides = (diff: readonly string[], own: string) =>
  diff.filter((line) => line.startsWith(own) || line.startsWith(' ')).map((line) => line.slice(1));

const bare = (line: string) => line.replace(/\s+#.*$/, '');

/** The scenario after its page's change; throws where the lines to be changed are not there, or not there alone. */
export function changed({ diff, name, scenario }: Lab): string {
  const lines = scenario.split('\n');
  const [before, after] = [sides(diff, '-'), sides(diff, '+')];
  const starts = [...lines.keys()].filter((start) =>
    before.every((line, index) => bare(lines[start + index] ?? '') === line),
  );
  const at = starts.at(-1);
  if (at === undefined || before.length === 0) throw new Error(`${name}: its change is of no line of it`);
  return [...lines.slice(0, at), ...after, ...lines.slice(at + before.length)].join('\n');
}
