import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseDocument } from 'yaml';
import { packageRoot } from '../../src/package-root.js';
import { resolvePreset } from '../../src/scenario/presets.js';
import { presets } from './scenario-text.js';

const canonical = (settings: object) => JSON.stringify(Object.entries(settings).sort());

describe('the presets', () => {
  test('are those that scenarios are promised', () => {
    expect([...presets.configuration.keys()]).toEqual(
      expect.arrayContaining([
        ...['stock', 'tuned-server', 'hardened', 'embedded', 'timestamps-off', 'window-scaling-off'],
        ...['sack-off', 'ecn-on', 'ecn-off', 'syncookies-always'],
      ]),
    );
    expect([...presets.application.keys()]).toContain('stock');
  });

  test('stock changes nothing, and no two presets of a kind are the same', () => {
    for (const kind of [presets.configuration, presets.application]) {
      expect(kind.get('stock')).toEqual({});
      expect(new Set([...kind.values()].map(canonical)).size).toBe(kind.size);
    }
  });

  test('set nothing but the network stack, with names free of what joins them', () => {
    for (const [name, sysctls] of presets.configuration) {
      expect(name).not.toContain('+');
      for (const key of Object.keys(sysctls)) expect(key).toMatch(/^net\.(ipv4|core)\./);
    }
  });

  test.each(['configurations', 'applications'])('of %s all say what they are for', async (name) => {
    const text = await readFile(join(packageRoot, `scenarios/presets/${name}.yaml`), 'utf8');
    const document = parseDocument(text);
    expect(document.errors).toEqual([]);
    for (const [preset, { about }] of Object.entries(document.toJS() as Record<string, { about: string }>))
      expect(about, preset).toMatch(/^[A-Z].*\.$/);
  });

  test('use socket options that the listener in the guest knows', async () => {
    const listener = await readFile(join(packageRoot, 'images/guest/machine.pl'), 'utf8');
    const known = [...listener.matchAll(/'?([a-z-]+)'? => \[\d+, \d+\]/g)].map((match) => match[1]);
    expect(known.length).toBeGreaterThanOrEqual(10);
    for (const socket of presets.application.values())
      for (const option of Object.keys(socket)) expect(known).toContain(option);
  });
});

test('a name that no preset has is a fault of the program, not silently nothing', () => {
  expect(() => resolvePreset(presets.configuration, 'hardened+nothing', {})).toThrow(RangeError);
});
