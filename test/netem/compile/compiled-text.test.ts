import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { InputErrors } from '../../../src/errors.js';
import { commandText } from '../../../src/netem/compile/command.js';
import { compilePath } from '../../../src/netem/compile/index.js';
import type { PathSpec } from '../../../src/netem/path.js';
import { Path } from '../../../src/netem/path.js';
import { pairedRewriteKinds } from '../../../src/netem/rewrite/index.js';
import { packageRoot } from '../../../src/package-root.js';
import { middleboxes } from '../../../src/scenario/middleboxes.js';
import { pathSpec } from '../../../src/scenario/path-spec.js';
import { parseScenario } from '../../../src/scenario/read.js';
import { shownStages } from '../shown-stages.js';
import { shownImpairmentPaths } from './shown-impairments.js';

/**
 * The committed text of what every stage and every middlebox becomes in tc and nft, to be read by people:
 * UPDATE_GOLDEN=1 writes it anew. Long runs of like rules are cut in the middle.
 */
const file = join(packageRoot, 'test/golden/compiled-path.txt');
const interfaces = { prober: 'eth0', machine: 'eth1' };
const shownRules = 3;

function shortened(text: string): string[] {
  const lines = text.split('\n');
  const isRule = (line: string) => /^ {4}\S/.test(line);
  return lines.flatMap((line, index) => {
    if (!isRule(line)) return [line];
    let first = index;
    while (isRule(lines[first - 1] ?? '')) first--;
    let last = index;
    while (isRule(lines[last + 1] ?? '')) last++;
    if (last - first < 20 || index < first + shownRules || index > last - shownRules) return [line];
    return index === first + shownRules ? [`    … ${last - first + 1 - 2 * shownRules} more`] : [];
  });
}

function compiled(title: string, spec: PathSpec): string {
  const lines = () => {
    try {
      const { mode, commands, notes } = compilePath(spec, { interfaces });
      return [
        `a ${mode}`,
        ...notes.map(({ stage, note }) => `# ${stage}: ${note}`),
        ...commands.flatMap((command) => shortened(commandText(command))),
      ];
    } catch (error) {
      if (!(error instanceof InputErrors)) throw error;
      return error.errors.flatMap(({ message, remedy }) => [message, `  ${remedy}`]);
    }
  };
  return [title, ...lines().map((line) => `  ${line}`), ''].join('\n');
}

const ofPath = (path: string) =>
  pathSpec(parseScenario(`machines: [{image: any}]\npath: {${path}}`, 'golden').scenario);

it('every stage and every middlebox is in tc and nft what the committed text says', () => {
  const hop = { kind: 'ttl', decrement: 1 } as const;
  const stages = shownStages.map((stage) => {
    const routed = pairedRewriteKinds.has(stage.kind) || stage.kind === 'mtu';
    const spec: PathSpec = routed
      ? { forward: [], reverse: [], both: [stage, hop] }
      : { forward: [stage], reverse: [] };
    const [text] = new Path({ spec, seed: 1, link: 'm1', deliver: () => {} }).describe('forward');
    return compiled(text!, spec);
  });
  const text = [
    ...shownImpairmentPaths.map((path) => compiled(path, ofPath(path))),
    ...stages,
    ...[...middleboxes.keys()].map((name) => compiled(`middlebox ${name}`, ofPath(`boxes: [${name}]`))),
  ].join('\n');
  if (process.env.UPDATE_GOLDEN) writeFileSync(file, text);
  expect(text).toBe(readFileSync(file, 'utf8'));
});
