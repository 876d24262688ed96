import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildProgram } from '../../src/cli/main.js';
import { packageRoot } from '../../src/package-root.js';
import { parseScenario } from '../../src/scenario/read.js';
import { checkRunnable } from '../../src/scenario/run.js';
import { changed, labNamed, labNames } from '../support/lab.js';

const commandsOf = (page: string) =>
  [...page.matchAll(/^bin\/stackbed (?<line>.+)$/gm)].map(({ groups }) => groups!.line!.split(' '));
const report = readdirSync(join(packageRoot, 'src/report'), { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map(({ name, parentPath }) => readFileSync(join(parentPath, name), 'utf8'))
  .join('\n');
const index = readFileSync(join(packageRoot, 'docs/labs/README.md'), 'utf8');

describe('labs', () => {
  it('are ten or more, each of them in the list', () => {
    expect(labNames.length).toBeGreaterThanOrEqual(10);
    const listed = [...index.matchAll(/\]\((?<file>[a-z-]+)\.md\)/g)].map(({ groups }) => groups!.file);
    expect(listed.toSorted()).toEqual(labNames.toSorted());
  });
});

describe.each(labNames)('the lab %s', (name) => {
  const lab = labNamed(name);

  it('has question, run, look, change and explanation', () => {
    const headings = [...lab.page.matchAll(/^## (?<heading>.+)$/gm)].map(({ groups }) => groups!.heading);
    expect(headings).toEqual(['Question', 'Run', 'Look', 'Change', 'Explain']);
    expect(lab.scenario).toContain(`# The lab: docs/labs/${name}.md\n`);
  });

  it('has commands of Stackbed, on files that are there', () => {
    const commands = commandsOf(lab.page);
    expect(commands).toContainEqual(['run', lab.file]);
    for (const [verb, ...words] of commands) {
      const known = buildProgram().commands.find((command) => command.name() === verb);
      const flags = words.filter((word) => word.startsWith('--'));
      expect(known?.options.map(({ long }) => long)).toEqual(expect.arrayContaining(flags));
      for (const file of words.filter((word) => word.endsWith('.yaml')))
        expect(existsSync(join(packageRoot, file))).toBe(true);
    }
  });

  it('sends the reader to parts that a report has', () => {
    const look = lab.page.slice(lab.page.indexOf('## Look'), lab.page.indexOf('## Change'));
    const parts = [...look.matchAll(/\*(?<part>[A-Z][^*]+)\*/g)].map(({ groups }) => groups!.part!);
    expect(parts.length).toBeGreaterThan(0);
    for (const part of parts) expect(report).toContain(part.replaceAll(/\s+/g, ' '));
  });

  it('has a change of one line, which stands in the scenario', () => {
    const lines = (own: string) => lab.diff.filter((line) => line.startsWith(own));
    expect(Math.max(lines('-').length, lines('+').length)).toBe(1);
    for (const line of lines('+')) expect(lab.scenario).toContain(`# ${line.slice(1).trim()}`);
  });

  it('runs before the change and after it, and asks either for a finding of its own', async () => {
    const asked = await Promise.all(
      [lab.scenario, changed(lab)].map(async (text) => {
        const read = parseScenario(text, lab.file);
        expect((await checkRunnable(read)).length).toBeGreaterThan(1);
        return read.scenario.expect.filter(({ when }) => when !== undefined).length;
      }),
    );
    expect(Math.min(...asked)).toBeGreaterThanOrEqual(2);
  });
});
