import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputErrors } from '../../../src/errors.js';
import { compilePath } from '../../../src/netem/compile/index.js';
import type { PathSpec } from '../../../src/netem/path.js';
import type { StageSpec } from '../../../src/netem/stages.js';
import { anyStages } from '../packets.js';
import { anyPair, anyRewrite } from '../rewrite-specs.js';

const interfaces = { prober: 'eth0', machine: 'eth1' };
const compile = (spec: Partial<PathSpec>) =>
  compilePath({ forward: [], reverse: [], ...spec }, { interfaces });
const rulesetOf = (spec: Partial<PathSpec>) => compile(spec).commands.find(({ of }) => of === 'nft')!.stdin!;

describe('a compiled path', () => {
  it('has nothing to do for a path without stages', () => {
    expect(compile({})).toEqual({ mode: 'bridge', commands: [], undo: [], notes: [] });
  });

  it('gives every time to live above the hops its lower one, and drops the others', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 254 }), (decrement) => {
        const text = rulesetOf({ forward: [{ kind: 'ttl', decrement }] });
        const lowered = [...text.matchAll(/ip ttl (\d+) ip ttl set (\d+) return/g)].map(
          ([, from, to]) => [Number(from), Number(to)] as const,
        );
        expect(text).toContain(`ip ttl <= ${decrement} drop`);
        expect(lowered).toEqual(
          Array.from({ length: 255 - decrement }, (_, index) => [decrement + index + 1, index + 1]),
        );
      }),
      { numRuns: 20 },
    );
  });

  it('leaves each combination of the other flags as it is where it clears some', () => {
    const text = rulesetOf({ forward: [{ kind: 'urgent', to: 'clear' }] });
    const kept = [...text.matchAll(/tcp flags & 0xdf == (0x\w\w) tcp flags set (0x\w\w)/g)];
    expect(kept.every(([, from, to]) => from === to)).toBe(true);
    expect(new Set(kept.map(([, from]) => from)).size).toBe(128);
  });

  it('is taken away by what undoes it: each qdisc at a root, each table, each device', () => {
    const hop = { kind: 'ttl', decrement: 1 } as const;
    const loss = { kind: 'loss', probability: 0.1 } as const;
    const { undo } = compile({
      forward: [loss],
      reverse: [loss],
      both: [{ kind: 'stateful-firewall', mode: 'conntrack' }, hop],
    });
    expect(undo.map(({ argv }) => argv.slice(1).join(' '))).toEqual([
      'qdisc del dev eth0 ingress',
      'link del dev ifb-forward',
      'qdisc del dev eth0 root',
      'delete table ip stackbed',
    ]);
  });

  it('compiles or names stages, whatever the path', () => {
    const stages = fc
      .tuple(anyStages, fc.array(anyRewrite, { maxLength: 3 }))
      .map(([impairments, rewrites]): StageSpec[] => [...rewrites, ...impairments]);
    const path = fc.record({
      ...{ forward: stages, reverse: stages, both: fc.array(anyPair, { maxLength: 2 }) },
    });
    fc.assert(
      fc.property(path, (spec) => {
        try {
          for (const { argv } of compilePath(spec, { interfaces }).commands)
            expect(argv.join(' ')).not.toMatch(/undefined|NaN|\[object/);
        } catch (error) {
          expect(error).toBeInstanceOf(InputErrors);
          for (const { message, remedy } of (error as InputErrors).errors) {
            expect(message).toMatch(/^tc and nft cannot express `.+` \((forward|reverse), stage \d+ of/);
            expect(remedy).toBeTruthy();
          }
        }
      }),
    );
  });
});
