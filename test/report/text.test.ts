import { describe, expect, it } from 'vitest';
import { renderText, textWidth } from '../../src/report/text.js';
import { fixtureNames, makers } from './fixtures/index.js';

describe('renderText', () => {
  it('summarises a small run', () => {
    expect(renderText(makers.small())).toMatchInlineSnapshot(`
      "synthetic-fixture, seed 7, accelerator tcg
      Fleet       3 of 3 machines measured; boot median 2.85 s, 2.27 s to 3.14 s
      Collection  40 probes × 6 copies; 720 packets sent, 594 received; 2,350/s
                  answered 82.5 %, silent 17.5 %, partial 0 % of 120 machine × probe pairs
                  path without stages: lost 0; unmatched 1; wall 12.0 s
      Dataset     17 fields, 1,683 values, 30.1 % nondeterministic; 3 behaviour groups by kind of response
      Accuracy    share of machines labelled correctly when unseen; n machines, cl. classes, lvl level
        hierarchy     lvl  learner  fields  accuracy     95 % CI  majority  vs majority  balanced  cl.  n
        kernel          0  forest   all        100 %  43.9–100 %     100 %  includes it     100 %    1  3
        kernel          1  forest   all        100 %  43.9–100 %    66.7 %  includes it     100 %    2  3
        kernel          2  forest   all        100 %  43.9–100 %    66.7 %  includes it     100 %    2  3
        distribution    0  forest   all        100 %  43.9–100 %     100 %  includes it     100 %    1  3
        distribution    1  forest   all        100 %  43.9–100 %     100 %  includes it     100 %    1  3
        distribution    2  forest   all        100 %  43.9–100 %    33.3 %  above           100 %    3  3
      "
    `);
  });

  it('says what is missing when every machine failed', () => {
    expect(renderText(makers.allFailed())).toMatchInlineSnapshot(`
      "synthetic-fixture, seed 7, accelerator tcg
      Fleet       0 of 5 machines measured
        failed    linux-6.12.117-deb13-000: no TCP answer on port 22 within 60 s
        failed    linux-6.12.117-deb12-001: no TCP answer on port 22 within 60 s
        failed    linux-5.10.251-deb11-002: no TCP answer on port 22 within 60 s
        failed    linux-6.1.159-deb12-003: no TCP answer on port 22 within 60 s
        failed    linux-7.2.4-alpine-004: no TCP answer on port 22 within 60 s
      Collection  300 probes × 6 copies; 0 packets sent, 0 received; 0/s
                  path without stages: lost 0; unmatched 0; wall 20.0 s
      Dataset     empty: no response field was recorded
      Accuracy    no learner was trained
      "
    `);
  });

  it('has one row an experiment', () => {
    const result = makers.medium();
    const rows = renderText(result)
      .split('\n')
      .filter((line) => /^ {2}(kernel|distribution)\b/.test(line));
    expect(rows.length).toBe(result.experiments.length);
  });

  it.each(fixtureNames)('keeps the %s fixture within the width and free of control characters', (name) => {
    const text = renderText(makers[name]());
    for (const line of text.split('\n')) expect([...line].length).toBeLessThanOrEqual(textWidth);
    expect(text).toMatch(/\n$/);
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
  });
});
