import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { InputError } from '../../src/errors.js';
import { readTool } from '../../src/scenario/tool/schema.js';
import { stackbed, temporaryFolder } from '../support/cli.js';

const column = { codes: [0, 1], members: [{ probe: 0, field: 'ip.ttl', values: ['64', '128'] }] };
const probe = {
  ...{ number: 3, target: 'open', tos: 0, identification: 1, ip_flags: 0, ttl: 64, source_port: 1024 },
  ...{ sequence: 1, acknowledgment: 0, reserved: 0, flags: 2, window: 1024, urgent_pointer: 0, options: '' },
};
const tool = {
  schema: 'stackbed.tool/1',
  stackbed: '0.1.0',
  trained_on: { scenario: 'kinds', probes: 4, right: 1 },
  ...{ learner: 'c45', seed: '1/tool', hierarchy: 'kernel', level: 2 },
  ...{ probes: [probe], copies: 1, ports: { open: 22, closed: 81 }, reset: true },
  model: {
    machines: [
      { id: 'a', label: 'one' },
      { id: 'b', label: 'two' },
    ],
    constant: 43,
    columns: [column],
  },
};

const faulty: readonly [string, unknown, RegExp][] = [
  [
    'another version',
    { ...tool, schema: 'stackbed.tool/2' },
    /"stackbed\.tool\/2", where stackbed\.tool\/1 is read/,
  ],
  ['no tool at all', [1, 2], /stackbed\.tool\/1 is read/],
  ['an unknown learner', { ...tool, learner: 'oracle' }, /no whole tool: learner/],
  [
    'codes that do not fit',
    { ...tool, model: { ...tool.model, columns: [{ ...column, codes: [0] }] } },
    /columns\[0\] has 1 codes for 2 machines/,
  ],
  [
    'a probe that is not there',
    {
      ...tool,
      model: { ...tool.model, columns: [{ ...column, members: [{ ...column.members[0], probe: 9 }] }] },
    },
    /names a probe that is not there/,
  ],
];

test.each(faulty)('a file with %s is refused with its cause and a cure', async (_what, content, cause) => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'tool.json');
  await writeFile(file, JSON.stringify(content));
  const refused = await readTool(file).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(InputError);
  expect((refused as InputError).message).toMatch(cause);
  expect((refused as InputError).remedy).toMatch(/stackbed train/);
});

test('one thing is classified at a time, and it is in the lab', async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'tool.json');
  await writeFile(file, JSON.stringify(tool));
  for (const [args, cause] of [
    [[], /say what to classify/],
    [['x.pcapng', '--image', 'linux-6.1'], /one of them/],
    [['x.pcapng', '--ram', '1G'], /give --image/],
    [['x.pcapng', '--machine', 'a'], /give --run/],
    [['x.pcapng'], /cannot read the capture/],
    [['--run', folder.path], /not the folder of a run/],
  ] as const) {
    const { exitCode, stderr } = await stackbed(['classify', file, ...args]);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(cause);
  }
});
