import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareVersions } from '../../../images/debian/version.js';

const hasDpkg = spawnSync('dpkg', ['--version']).status === 0;

/** Each pair's order as dpkg sees it: `<`, `=` or `>`. */
function dpkgOrders(pairs: readonly (readonly [string, string])[]): string[] {
  const script = `while read -r a b; do
    if dpkg --compare-versions "$a" lt "$b"; then echo '<'
    elif dpkg --compare-versions "$a" eq "$b"; then echo '='
    else echo '>'; fi
  done`;
  const input = pairs.map(([a, b]) => `${a} ${b}\n`).join('');
  return spawnSync('sh', ['-c', script], { input, encoding: 'utf8' }).stdout.trim().split('\n');
}

const orderOf = ([a, b]: readonly [string, string]) => {
  const order = Math.sign(compareVersions(a, b));
  return order < 0 ? '<' : order > 0 ? '>' : '=';
};

const ordered = [
  '1.0~~',
  '1.0~rc1',
  '1.0',
  '5.10.218-1',
  '5.10.262-1',
  '6.1.180-1~deb11u1',
  '6.1.180-1',
  '6.12.9-1',
  '6.12.90-1~bpo12+1',
  '6.12.90-1~deb12u1',
  '6.12.90-1',
  '6.12.90-2~bpo12+1',
  '6.12.90-2',
  '6.12.117-1~deb12u1',
  '6.12.117-1',
  '7.3~rc7-1~exp1',
  '7.3~rc10-1~exp1',
  '7.3-1',
  '7.3.4-1~bpo13+1',
  '1:1.35.0-4+b1',
  '1:1.35.0-4+deb12u1+b1',
  '1:1.37.0-6+b9',
];

describe('compareVersions', () => {
  it('orders kernel versions, backports and release candidates', () => {
    expect(ordered.toReversed().sort(compareVersions)).toEqual(ordered);
  });

  it('takes a missing revision for revision 0, and leading zeros for nothing', () => {
    expect(compareVersions('1.0', '1.0-0')).toBe(0);
    expect(compareVersions('1.010-1', '1.10-1')).toBe(0);
  });

  it.skipIf(!hasDpkg)('agrees with dpkg on every pair of the list', () => {
    const pairs = ordered.flatMap((a) => ordered.map((b) => [a, b] as const));
    expect(pairs.map(orderOf)).toEqual(dpkgOrders(pairs));
  });

  it.skipIf(!hasDpkg)('agrees with dpkg on arbitrary versions', () => {
    const part = fc.stringMatching(/^[0-9][0-9a-zA-Z.+~]{0,6}$/);
    const version = fc
      .tuple(fc.constantFrom('', '0:', '1:'), part, fc.option(part, { nil: undefined }))
      .map(
        ([epoch, upstream, revision]) => epoch + upstream + (revision === undefined ? '' : `-${revision}`),
      );
    const pairs = fc.sample(fc.tuple(version, version), { numRuns: 400, seed: 20101008 });
    expect(pairs.map(orderOf)).toEqual(dpkgOrders(pairs));
  });
});
