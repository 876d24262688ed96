import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Result } from '../../src/report/result.js';
import { stackbed, temporaryFolder } from '../support/cli.js';
import { canMakeNamespaces } from '../support/root.js';

const xprobe2Names =
  /^(AIX|Apple Mac OS X|Cisco IOS|Foundry Networks IronWare|FreeBSD|HP (JetDirect ROM|UX)|Linux Kernel|Microsoft Windows|NetBSD|OpenBSD|Sun Solaris) \w/;

const scenario = (tools: string) => `
machines: [{image: linux-6.12+deb13, ram: 256M}, {image: lwip-2.2.1}]
probes: {count: 4, copies: 2}
experiments: [{kind: tools, tool: ${tools}}]
`;

it.runIf(canMakeNamespaces)(
  'the real nmap, p0f and xprobe2 are asked about the machines of a run, across their paths',
  {
    timeout: 300_000,
  },
  async () => {
    await using folder = await temporaryFolder();
    const file = join(folder.path, 'tools.scenario.yaml');
    await writeFile(file, scenario('[nmap, p0f, xprobe2]'));
    const { stdout, stderr, exitCode } = await stackbed(['run', file, '--out', folder.path, '--json']);
    expect(exitCode, stderr).toBe(0);
    const { machines, tools } = JSON.parse(stdout) as Result;
    const [linux, lwip] = machines.map((machine) => machine.tools!);
    for (const { nmap, p0f, xprobe2 } of [linux!, lwip!]) {
      expect(nmap!.failure).toBeUndefined();
      expect(nmap!.guesses.length).toBeGreaterThan(0);
      expect(p0f!.failure).toBeUndefined();
      expect(xprobe2!.failure).toBeUndefined();
      // A name of its database, which it prints from memory that it has freed.
      for (const { name } of xprobe2!.guesses) expect(name).toMatch(xprobe2Names);
    }
    expect(linux!.nmap!.guesses[0]!.name).toContain('Linux');
    // Its database is of 2005, and knows Linux up to 2.6.11.
    expect(linux!.xprobe2!.guesses[0]!.name).toMatch(/^Linux Kernel 2\.[46]\./);
    expect(tools!.map(({ tool, level, machines: asked }) => `${tool} ${level} ${asked}`)).toEqual([
      ...['nmap 0 2', 'nmap 1 2', 'nmap 2 2'],
      ...['p0f 0 2', 'p0f 1 2', 'p0f 2 2'],
      ...['xprobe2 0 2', 'xprobe2 1 2', 'xprobe2 2 2'],
    ]);
    expect(tools![0]!.exact).toBeGreaterThan(0);
  },
);
