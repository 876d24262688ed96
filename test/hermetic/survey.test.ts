import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Result } from '../../src/report/result.js';
import { stackbed, temporaryFolder } from '../support/cli.js';

/** The last image is in the catalogue's form, but no archive ever had it. */
const scenario = `
seed: 3
machines:
  - image: ["linux-7.2+deb13-cloud-*64", "!*arm64", "uml-6.1"]
  - image: linux-6.12.1
    optional: true
probes: {count: 8, copies: 2}
survey: true
`;

test('a survey asks each machine, and an image that cannot be had is a row of it', {
  timeout: 240_000,
}, async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'survey.scenario.yaml');
  await writeFile(file, scenario);
  const { stdout, stderr, exitCode } = await stackbed(['run', file, '--out', folder.path, '--json']);
  expect(exitCode, stderr).toBe(0);
  const { machines } = JSON.parse(stdout) as Result;
  expect(machines.map(({ image, status }) => [image.replace(/\+.*|@.*/, ''), status])).toEqual([
    [expect.stringMatching(/^linux-7\.2/), 'measured'],
    ['uml-6.1', 'measured'],
    ['linux-6.12.1', 'failed'],
  ]);
  expect(machines[2]!.failure!.reason).toContain('no kernel for linux-6.12.1');
  for (const { survey } of machines.slice(0, 2))
    expect(survey).toMatchObject({
      ...{ arp: true, ping: true, syn_open: 'syn-ack', syn_closed: 'rst', udp_closed: 'icmp' },
      ...{ source: 'syn-open', ttl: 64, df: true, window: 65_160, mss: 1460 },
      options: expect.stringMatching(/^M1460,S,T,N,W\d$/),
      ip_id: { syn_open: 'zero', syn_closed: 'zero' },
    });
});
