import { execFileSync } from 'node:child_process';
import { beforeAll, expect, test } from 'vitest';
import { verbsOf } from '../../src/cli/command-tree.js';
import { buildProgram } from '../../src/cli/main.js';
import { stackbed } from '../support/cli.js';

const verbs = verbsOf(buildProgram());

let script: string;
beforeAll(async () => {
  script = (await stackbed(['completion', 'bash'])).stdout;
});

/** What bash would offer behind these words. */
function offered(words: readonly string[]): string[] {
  const line = ['stackbed', ...words].map((word) => `'${word}'`).join(' ');
  const ask = `COMP_WORDS=(${line}); COMP_CWORD=${words.length}; _stackbed; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return execFileSync('bash', ['-c', `${script}\n${ask}`], { encoding: 'utf8' })
    .split('\n')
    .filter(Boolean);
}

test('bash is offered verbs, verbs of verbs, options, and their values', () => {
  expect(offered(['ru'])).toEqual(['run']);
  expect(offered(['images', 'p'])).toEqual(expect.arrayContaining(['pull']));
  expect(offered(['run', '--acc'])).toEqual(['--accelerator']);
  expect(offered(['run', '--accelerator', ''])).toEqual(['tcg', 'kvm']);
  expect(offered(['run', 'pack'])).toEqual(expect.arrayContaining(['package.json']));
});

test('every verb is in each script and in the manual', { timeout: 120_000 }, async () => {
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { stdout, exitCode } = await stackbed(['completion', shell]);
    expect(exitCode).toBe(0);
    for (const { path } of verbs) expect(stdout).toContain(path.split(' ').at(-1));
  }
  const { stdout: page } = await stackbed(['man']);
  for (const { path } of verbs)
    if (path !== '') expect(page).toContain(`.SS "${path.replaceAll('-', '\\-')}"`);
  expect(page).toMatch(/^\.TH STACKBED 1/);
  // A line that begins with a dot or an apostrophe would be a request, and vanish.
  const requests = page
    .split('\n')
    .filter((line) => /^[.']/.test(line) && !/^\.(TH|SH|SS|PP|TP|B|I)\b/.test(line));
  expect(requests).toEqual([]);
});

test('a shell that there is none for is bad usage', async () => {
  const { exitCode, stderr } = await stackbed(['completion', 'tcsh']);
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/bash, zsh, fish/);
});
