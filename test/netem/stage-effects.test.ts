import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Path, type PathSpec } from '../../src/netem/path.js';
import { pairedRewriteKinds, rewriteKinds } from '../../src/netem/rewrite/index.js';
import { packageRoot } from '../../src/package-root.js';
import {
  decodeFrame,
  type Frame,
  fieldChangeText,
  frameChanges,
  frameText,
  isWholePacket,
} from '../../src/packet/index.js';
import { middleboxes } from '../../src/scenario/middleboxes.js';
import { pathSpec } from '../../src/scenario/path-spec.js';
import { parseScenario } from '../../src/scenario/read.js';
import { exchange } from './golden-exchange.js';
import { shownImpairments, shownStages } from './shown-stages.js';

/**
 * The committed table of what every stage and every middlebox does to one exchange, to be read by people: UPDATE_GOLDEN=1 writes
 * it anew, and the difference says what a change did.
 */
const file = join(packageRoot, 'test/golden/stage-effects.txt');

function effects(title: string, spec: PathSpec): string {
  const out: { direction: string; frame: Uint8Array }[] = [];
  const path = new Path({
    spec,
    seed: 1,
    link: 'm1',
    origin: 0x0a000001,
    deliver: (direction, frame) => out.push({ direction, frame: frame.slice() }),
  });
  const arrived = new Map<string, Frame>();
  const lines = exchange.flatMap((step) => {
    const { name, direction } = step;
    const asked = 'to' in step ? arrived.get(step.to) : undefined;
    if ('to' in step && !asked) return [`  ${name}: not sent`];
    const frame = 'to' in step ? step.answer(asked!) : step.frame;
    out.length = 0;
    const { dropped } = path;
    path.send(direction, frame);
    const held = path.held > 0;
    vi.runAllTimers();
    const itself = path.dropped > dropped ? undefined : out.findLast((one) => one.direction === direction);
    const left = itself && decodeFrame(itself.frame);
    if (left && isWholePacket(left)) arrived.set(name, left);
    const fate = itself
      ? [held ? 'held' : undefined, ...frameChanges(frame, itself.frame).map(fieldChangeText)].filter(
          (text) => text !== undefined,
        )
      : ['dropped'];
    const made = out.filter((one) => one !== itself);
    return [
      ...(fate.length > 0 ? [`  ${name}: ${fate.join('; ')}`] : []),
      ...made.map((one) => `  ${name}: also ${one.direction} ${frameText(one.frame)}`),
    ];
  });
  return [title, ...(lines.length > 0 ? lines : ['  nothing']), ''].join('\n');
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});

afterEach(() => {
  vi.useRealTimers();
});

it('shows every kind of rewrite', () => {
  const shown = new Set(shownStages.map(({ kind }) => kind as string));
  expect([...rewriteKinds, ...pairedRewriteKinds].filter((kind) => !shown.has(kind))).toEqual([]);
});

it('every stage and every middlebox does to the golden exchange what the committed table says', () => {
  const arrived = new Map<string, Frame>();
  const sent = exchange.map((step) => {
    const frame = 'to' in step ? step.answer(arrived.get(step.to)!) : step.frame;
    arrived.set(step.name, decodeFrame(frame));
    return `${step.name} (${step.direction}): ${frameText(frame)}`;
  });
  const head = [
    'What each stage does to one exchange, forward and back: `field before → after` for each packet that it',
    'changes, and what it makes besides. What the ends answer follows from what reached them. The exchange is in',
    'test/netem/golden-exchange.ts; without a stage it is this one:',
    '',
    ...sent,
    '',
    '',
  ].join('\n');
  const stages = shownStages.map((stage) => {
    const spec: PathSpec = pairedRewriteKinds.has(stage.kind)
      ? { forward: [], reverse: [], both: [stage] }
      : { forward: [stage], reverse: [stage] };
    const [text] = new Path({ spec, seed: 1, link: 'm1', deliver: () => {} }).describe('forward');
    return effects(text!, spec);
  });
  const ofPath = (path: string) =>
    pathSpec(parseScenario(`machines: [{image: any}]\npath: {${path}}`, 'table').scenario);
  const impairments = shownImpairments.map((stage) =>
    effects(stage, ofPath(`forward: [{${stage}}], reverse: [{${stage}}]`)),
  );
  const boxes = [...middleboxes.keys()].map((name) =>
    effects(`middlebox ${name}`, ofPath(`boxes: [${name}]`)),
  );
  const table = head + [...impairments, ...stages, ...boxes].join('\n');
  if (process.env.UPDATE_GOLDEN) writeFileSync(file, table);
  expect(table).toBe(readFileSync(file, 'utf8'));
});
