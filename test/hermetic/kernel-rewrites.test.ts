import { expect, test } from 'vitest';
import { InputErrors } from '../../src/errors.js';
import { type CompiledPath, compilePath } from '../../src/netem/compile/index.js';
import { stageText } from '../../src/netem/compile/inexpressible.js';
import type { PathSpec } from '../../src/netem/path.js';
import type { StageSpec } from '../../src/netem/stages.js';
import { patchChecksummed, tcpFlag } from '../../src/packet/index.js';
import { pathSpec } from '../../src/scenario/path-spec.js';
import { parseScenario } from '../../src/scenario/read.js';
import { interfaces } from '../../testbed/netem-appliance/index.js';
import { shownImpairmentPaths } from '../netem/compile/shown-impairments.js';
import { oddFrames } from '../netem/odd-frames.js';
import { shownStages } from '../netem/shown-stages.js';
import { withNetemAppliance } from '../support/netem-appliance.js';
import { crossAppliance, SimulatedWorld, withPlainZero } from '../support/worlds.js';

/**
 * Every rewrite that nft can express, in the simulator and in the kernel: the same odd packets must come out with the
 * same bytes. Free are the two forms of zero in a checksum, the identification where it is drawn at random, and what
 * stands here with its reason.
 */
const documented: readonly { stages: RegExp; frames: readonly string[]; why: string }[] = [
  {
    stages: /^mss/,
    frames: ['segment size at an odd place', 'an unknown option'],
    why: 'nft mends the checksum as if each option lay at an even place, and makes it wrong',
  },
  {
    stages: /^(mss|window|rst-inject)/,
    frames: ['cut off inside the data'],
    why: 'nft sees no TCP in a packet that is shorter than it states',
  },
  {
    stages: /^(window|rst-inject)/,
    frames: ['a TCP header too long', 'a TCP header too short'],
    why: 'nft does not ask whether the TCP header is whole',
  },
  {
    stages: /^strip-option (timestamps|all but)/,
    frames: ['timestamps thrice'],
    why: 'nft takes out the first two of one kind',
  },
  {
    stages: /^strip-option (timestamps|all but)/,
    frames: ['timestamps cut off', 'timestamps that reach too far'],
    why: 'nft drops a packet that ends inside an option that it should take out',
  },
  {
    stages: /^rst-inject/,
    frames: ['a wrong checksum', 'a checksum of 0', 'a wrong header checksum', 'padded for Ethernet'],
    why: 'nft takes out, but does not answer, what has a wrong checksum or, on a bridge, padding',
  },
];

const setTtl: StageSpec = { kind: 'ttl', set: 9 };

/** What the table of all stages does not have: RSTs as nft can make them, and queues on the way in. */
const further: readonly (readonly StageSpec[])[] = [
  [{ kind: 'rst-inject', probability: 1, flags: tcpFlag.syn, towards: 'sender', drop: true }],
  [{ kind: 'corrupt', probability: 0 }, setTtl, { kind: 'loss', probability: 0 }],
];

function compiled(spec: PathSpec): CompiledPath | undefined {
  try {
    return compilePath(spec, { interfaces });
  } catch (error) {
    if (error instanceof InputErrors) return undefined;
    throw error;
  }
}

/** Frames are told apart by a byte of the prober's link-layer address. */
const [asSource, asDestination] = [10, 4];

function bytesOf(frames: readonly Uint8Array[], at: number, number: number, freeId: boolean): string {
  const found = frames.filter((frame) => frame[at] === number);
  if (found.length === 0) return 'nothing';
  return found
    .map((frame) => {
      const plain = withPlainZero(frame);
      if (freeId) patchChecksummed(plain, 14, 24, 18, [0, 0]);
      return Buffer.from(withPlainZero(plain)).toString('hex');
    })
    .join(' ');
}

test('the kernel rewrites odd packets to the same bytes', { timeout: 300_000 }, () =>
  withNetemAppliance({ kind: 'bridge' }, async (box) => {
    const names = Object.keys(oddFrames);
    const frames = names.map((name, number) => oddFrames[name]!.with(asSource, number));
    const compared: string[] = [];
    const differing: string[] = [];
    for (const forward of [...shownStages.map((stage) => [stage]), ...further]) {
      const spec = { forward, reverse: [] };
      const path = compiled(spec);
      if (path?.mode !== 'bridge') continue;
      const text = forward.map(stageText).join(', ');
      compared.push(text);
      await box.apply(path.commands);
      const ours = new SimulatedWorld(spec).cross('forward', frames);
      const expected = { forward: ours.forward.length, reverse: ours.reverse.length };
      const theirs = await crossAppliance(box, 'forward', frames, expected);
      await box.apply(path.undo);
      const freeId = forward.some((stage) => stage.kind === 'ip-id' && stage.to === 'randomise');
      for (const [number, name] of names.entries()) {
        const [here, there] = [ours, theirs].map(
          ({ forward: on, reverse: back }) =>
            `${bytesOf(on, asSource, number, freeId)}, back ${bytesOf(back, asDestination, number, freeId)}`,
        );
        if (here !== there) differing.push(`${text}: ${name}`);
      }
    }
    const allowed = compared.flatMap((text) =>
      documented
        .filter(({ stages }) => stages.test(text))
        .flatMap(({ frames: odd }) => odd.map((name) => `${text}: ${name}`)),
    );
    expect(compared.length).toBeGreaterThanOrEqual(23);
    expect(differing.sort()).toEqual(allowed.sort());

    // Nothing of all that is left, and the kernel takes whatever else is compiled for it.
    const paths = shownImpairmentPaths
      .map((path) => pathSpec(parseScenario(`machines: [{image: any}]\npath: {${path}}`, 'shown').scenario))
      .flatMap((spec) => compiled(spec) ?? [])
      .filter(({ mode }) => mode === 'bridge');
    expect(paths.length).toBeGreaterThanOrEqual(18);
    for (const { commands, undo } of paths) {
      await box.apply(commands);
      await box.apply(undo);
    }
    const left = await box.run(['/bin/sh', '-c', '/usr/sbin/nft list ruleset; /usr/bin/ip -brief link']);
    expect(left.stdout).not.toMatch(/table|ifb-/);
  }),
);
