import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { pathWithNodeOnly, stackbed, temporaryFolder } from '../support/cli.js';

const cases = [
  {
    name: 'an unknown key',
    text: 'machines:\n  - image: linux-5.10\nprobes:\n  copys: 6\n',
    message: 'bad.scenario.yaml:4:3: unknown key "copys" in probes; did you mean "copies"?',
  },
  {
    name: 'a wrong type',
    text: 'machines:\n  - image: linux-5.10\nprobes:\n  count: many\n',
    message: 'bad.scenario.yaml:4:10: probes.count must be a number, found "many"',
  },
  {
    name: 'an impossible probability',
    text: 'machines:\n  - image: linux-5.10\npath:\n  forward:\n    - loss: 150%\n',
    message:
      'bad.scenario.yaml:5:13: path.forward.0.loss: "150%" is not a probability: give 0% to 100%, or 0 to 1',
  },
  {
    name: 'an unknown image',
    text: 'machines:\n  - image: linux-5.11\n',
    message: 'bad.scenario.yaml:2:12: the catalogue has no image "linux-5.11"; did you mean linux-5.10',
  },
  {
    name: 'an unknown image in a list',
    text: 'machines:\n  - image:\n      - linux-5.10\n      - linux-6.12+deb133\n',
    message:
      'bad.scenario.yaml:4:9: the catalogue has no image "linux-6.12+deb133"; did you mean linux-6.12+deb13',
  },
  {
    name: 'an empty fleet',
    text: 'machines: []\n',
    message: 'bad.scenario.yaml:1:11: machines is []: the fleet is empty',
  },
  {
    name: 'no fleet at all',
    text: 'seed: 3\n',
    message: 'bad.scenario.yaml:1:1: machines must be a list, found nothing',
  },
  {
    name: 'text that is not YAML',
    text: 'machines: [\n',
    message: 'bad.scenario.yaml:2:1: not valid YAML',
  },
  {
    name: 'a stage of two kinds',
    text: 'machines: [{image: linux-5.10}]\npath:\n  forward:\n    - {loss: 1%, ttl: {set: 64}}\n',
    message: 'bad.scenario.yaml:4:7: path.forward.0: a stage has exactly one kind',
  },
  {
    name: 'a negative delay',
    text: 'machines: [{image: linux-5.10}]\npath:\n  forward:\n    - delay: -3ms\n',
    message: 'bad.scenario.yaml:4:14: path.forward.0.delay: "-3ms" is not a time',
  },
  {
    name: 'a predicate that does not parse',
    text: 'machines: [{image: linux-5.10}]\npath:\n  forward:\n    - fault: {match: tcp.flags == SIN, action: drop}\n',
    message:
      'bad.scenario.yaml:4:22: path.forward.0.fault.match: at character 14: `SIN` is no value of `tcp.flags`: ' +
      'FIN, SYN, RST, PSH, ACK, URG, ECE, CWR; did you mean `FIN`?\n  tcp.flags == SIN\n               ^',
  },
  {
    name: 'a fault that counts answers',
    text: 'machines: [{image: linux-5.10}]\npath:\n  reverse:\n    - fault: {match: tcp, nth: 2, action: drop}\n',
    message: "bad.scenario.yaml:4:32: path.reverse.0.fault.nth: answers come in the machine's own time",
  },
  {
    name: 'an unknown learner',
    text: 'machines: [{image: linux-5.10}]\nexperiments:\n  - {kind: accuracy, learner: c4.5}\n',
    message: 'bad.scenario.yaml:3:31: experiments.0.learner is "c4.5"; did you mean "c45"?',
  },
];

describe('a scenario that is not right', () => {
  test.each(cases)('$name: exit 2 with the place, and nothing is booted', async ({ text, message }) => {
    await using folder = await temporaryFolder();
    const file = join(folder.path, 'bad.scenario.yaml');
    await writeFile(file, text);
    const { exitCode, stderr, stdout } = await stackbed(['run', file, '--out', join(folder.path, 'runs')]);
    expect(stderr).toContain(message);
    expect(stderr.split('\n').filter((line) => line.includes('bad.scenario.yaml:'))).toHaveLength(1);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(stdout).toBe('');
    expect(exitCode).toBe(2);
    expect(await readdir(folder.path)).toEqual(['bad.scenario.yaml']);
  });

  test('every fault is told, each with its place', async () => {
    await using folder = await temporaryFolder();
    const file = join(folder.path, 'two.scenario.yaml');
    await writeFile(file, 'machines: [{imag: linux-5.10}]\nprobes: {count: 0}\n');
    const { exitCode, stderr } = await stackbed(['validate', file]);
    expect(stderr).toContain(
      'two.scenario.yaml:1:13: unknown key "imag" in machines.0; did you mean "image"?',
    );
    expect(stderr).toContain('two.scenario.yaml:2:17: probes.count is 0');
    expect(exitCode).toBe(2);
  });

  test('a file that is not there', async () => {
    const { exitCode, stderr } = await stackbed(['run', 'nowhere.scenario.yaml']);
    expect(stderr).toContain('cannot read the scenario nowhere.scenario.yaml');
    expect(exitCode).toBe(2);
  });
});

describe('bad usage', () => {
  test.each([
    [['frobnicate'], "unknown command 'frobnicate'"],
    [['run', '--jobs', '0', 'x.yaml'], 'expected a whole number from 1 to 1024'],
    [['run'], 'no scenario was given'],
    [['run', '--seed', 'abc', 'x.yaml'], 'expected a whole number'],
    [['evaluate', '.'], 'is not the folder of a run'],
    [['images', 'show', 'linux-5.11'], 'the catalogue has no image "linux-5.11"'],
    [['schema', 'nothing'], 'Allowed choices are scenario, result'],
  ])('stackbed %j: exit 2', async (args, message) => {
    const { exitCode, stderr } = await stackbed(args);
    expect(stderr).toContain(message);
    expect(exitCode).toBe(2);
  });
});

test('without the emulators of the fleet: exit 3 with the commands that install them', async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'good.scenario.yaml');
  await writeFile(file, 'machines: [{image: [linux-5.10, linux-6.1-arm64]}]\n');
  const { exitCode, stderr } = await stackbed(['run', file, '--out', join(folder.path, 'runs')], {
    PATH: await pathWithNodeOnly(folder.path),
  });
  expect(stderr).toContain('qemu-system-x86_64 (amd64), qemu-system-aarch64 (arm64) are not installed');
  expect(stderr).toContain('apt-get install --no-install-recommends qemu-system-x86');
  expect(stderr).toContain('apt-get install --no-install-recommends qemu-system-arm');
  expect(exitCode).toBe(3);
});

test('firmware needs an emulator, too, and says so before anything is fetched', async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'firmware.scenario.yaml');
  await writeFile(file, 'machines: [{image: ipxe-2.0}]\n');
  const { exitCode, stderr } = await stackbed(['run', file, '--out', join(folder.path, 'runs')], {
    PATH: await pathWithNodeOnly(folder.path),
    STACKBED_CACHE: join(folder.path, 'cache'),
  });
  expect(stderr).toContain('qemu-system-x86_64 (amd64) is not installed');
  expect(exitCode).toBe(3);
});
