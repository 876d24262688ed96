import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { pathWithNodeOnly, stackbed, temporaryFolder } from '../support/cli.js';

async function compile(path: string, ...args: string[]) {
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'a.scenario.yaml');
  await writeFile(file, `machines: [{image: linux-5.10}]\npath:\n${path}`);
  return await stackbed(['compile', file, ...args]);
}

test('a path is printed as commands for the interfaces of the box', async () => {
  const { stdout, exitCode } = await compile(
    '  forward:\n    - ttl: {set: 64}\n    - loss: 5%\n  reverse:\n    - delay: 10ms\n',
    ...['--interfaces', 'a0,b0'],
  );
  expect(exitCode).toBe(0);
  const lines = stdout.split('\n');
  expect(lines[0]).toBe('# a bridge');
  expect(lines).toContain(
    '/usr/sbin/tc qdisc replace dev b0 root handle 1: netem limit 1000000 loss random 5%',
  );
  expect(lines).toContain('/usr/sbin/tc qdisc replace dev a0 root handle 1: netem limit 1000000 delay 10ms');
  expect(stdout).toContain('hook ingress device "a0" priority 0; policy accept;\n    ip ttl set 64\n');
});

test('the JSON has argument lists and what undoes them', async () => {
  const { stdout } = await compile(
    '  both:\n    - nat: {}\n    - ttl: {decrement: 1}\n',
    '--json',
    '--to',
    'nft',
  );
  const { mode, commands, undo } = JSON.parse(stdout);
  expect(mode).toBe('router');
  expect(commands).toEqual([
    { argv: ['/usr/sbin/nft', '-f', '-'], stdin: expect.stringContaining('snat to 10.254.0.1'), of: 'nft' },
  ]);
  expect(undo).toEqual([{ argv: ['/usr/sbin/nft', 'delete', 'table', 'ip', 'stackbed'] }]);
});

test('every stage that tc and nft cannot express is told with its place and what to use instead', async () => {
  const { stdout, stderr, exitCode } = await compile(
    [
      '  forward:',
      '    - loss: 1%',
      '    - window-scale: {set: 3}',
      '    - {delay: 5ms, at: 10s}',
      '  boxes:',
      '    - firewall-conntrack',
      '    - {name: mine, both: [{sequence: {offset: 5}}]}',
      '',
    ].join('\n'),
  );
  expect(exitCode).toBe(2);
  expect(stdout).toBe('');
  const message = (place: string, stage: string, where: string) =>
    `a.scenario.yaml:${place}: tc and nft cannot express \`${stage}\` (${where}): `;
  for (const expected of [
    message('5:21', 'window-scale set 3', 'forward, stage 2 of "forward" in the path'),
    message('6:15', 'delay 5ms at 10s', 'forward, stage 3 of "forward" in the path'),
    message('9:38', 'sequence offset 5 of machine', 'forward, stage 1 of "both" in box mine'),
  ])
    expect(stderr).toContain(expected);
  expect(stderr).toContain('\n  leave out `at`, `until` and `probes`, or keep it in the simulated path');
});

test('a stage of a preset is told at the name of the preset', async () => {
  const { stderr, exitCode } = await compile('  boxes:\n    - home-router-nat\n    - isp-cgnat\n');
  expect(exitCode).toBe(2);
  expect(stderr).toContain('a.scenario.yaml:5:7: tc and nft cannot express `nat 10.253.0.1 random ports`');
});

test.each(['eth0', 'eth0,eth0', 'eth0,eth1,eth2', 'eth0,a/b', 'eth0,a-name-much-too-long'])(
  'interfaces "%s" are bad usage',
  async (names) => {
    const { stderr, exitCode } = await compile('  forward: []\n', '--interfaces', names);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('expected two names of interfaces, like eth0,eth1.');
  },
);

test('a host without the programs is refused as the box, with what to install or use instead', async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'a.scenario.yaml');
  await writeFile(file, 'machines: [{image: linux-5.10}]\npath:\n  forward:\n    - loss: 1%\n');
  const PATH = await pathWithNodeOnly(folder.path);
  const { stdout, stderr, exitCode } = await stackbed(['compile', file, '--try'], { PATH });
  expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 3 });
  expect(stderr).toContain('this host cannot be the box: ip, sh, tc not in PATH');
  expect(stderr).toContain('use the netem appliance instead');
});
