import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packageRoot } from '../../src/package-root.js';
import { diagnose } from '../../src/scenario/doctor.js';

test('troubleshooting has every check of doctor', { timeout: 120_000 }, async () => {
  const page = readFileSync(join(packageRoot, 'docs', 'troubleshooting.md'), 'utf8');
  const checks = (await diagnose()).map(({ check }) => check);
  expect(checks.length).toBeGreaterThan(8);
  expect(checks.filter((check) => !page.includes(`\`${check}\``))).toEqual([]);
});
