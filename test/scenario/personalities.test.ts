import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type InputError, InputErrors, StackbedError } from '../../src/errors.js';
import { conditionsOf } from '../../src/scenario/conditions.js';
import { pathSpec } from '../../src/scenario/path-spec.js';
import { readScenario } from '../../src/scenario/read.js';
import { RunFolder } from '../../src/scenario/run-folder.js';
import { temporaryFolder } from '../support/cli.js';

const database = `MatchPoints
T5(R=100%W=25)

Fingerprint Made Up 1.0
Class Made | Up | 1.X | machine
T5(R=Y%W=1234)

Fingerprint Made Up 2.0
Class Made | Up | 2.X | machine
T5(R=N)
`;
const printed = `m1: 16 of 16 probes answered

SCAN(V=stackbed%OT=22%CT=81)
SEQ(SP=100%GCD=1%ISR=104)
T5(R=Y%W=77)

best of the 6036 fingerprints of somewhere:
   95 %  Another(1)
`;

/** Reads a scenario with these lines behind its machines, beside a database and a fingerprint. */
async function read(folder: string, lines: string, fingerprint = printed) {
  await writeFile(join(folder, 'os-db'), database);
  await writeFile(join(folder, 'one.txt'), fingerprint);
  const file = join(folder, 'a.scenario.yaml');
  await writeFile(file, `machines:\n  - image: [linux-6.12+deb13]\n${lines}\n`);
  return readScenario(file);
}

/** The window of the answer of a closed port to a SYN, for each condition. */
function windowsOf({ scenario }: Awaited<ReturnType<typeof read>>) {
  return conditionsOf(scenario).map((condition) => {
    const [stage] = pathSpec(condition).both!;
    if (stage?.kind !== 'personality') return stage?.kind;
    const trait = stage.drawn(() => 0).segments['closed-syn'];
    return trait === 'silent' ? trait : trait?.window;
  });
}

async function faultOf(folder: string, lines: string, fingerprint?: string): Promise<InputError> {
  const fault = await read(folder, lines, fingerprint).catch((error: unknown) => error);
  expect(fault).toBeInstanceOf(StackbedError);
  return (fault instanceof InputErrors ? fault.errors[0] : fault) as InputError;
}

const stage = (given: string) => `path:\n  both:\n    - personality: ${given}`;

describe('a personality in a scenario', () => {
  it('is a fingerprint of a database, or of a file that stackbed nmap printed', async () => {
    await using folder = await temporaryFolder();
    const of = async (given: string, text?: string) =>
      windowsOf(await read(folder.path, stage(given), text))[0];
    expect(await of('{nmap: Made Up 1.0, database: os-db}')).toBe(0x1234);
    expect(await of('{nmap: Made Up 2.0, database: os-db}')).toBe('silent');
    expect(await of('{fingerprint: one.txt}')).toBe(0x77);
    expect(await of('{fingerprint: one.txt}', JSON.stringify({ text: 'T5(R=Y%W=78)' }))).toBe(0x78);
    expect(await of('{fingerprint: one.txt}', 'OS:SCAN(V=7.93%OT=22)T5(R=Y\nOS:%W=79)\n')).toBe(0x79);
  });

  it('can be swept, and stand in a condition or a box', async () => {
    await using folder = await temporaryFolder();
    const swept = `conditions:\n  - sweep: {personality: {nmap: [Made Up 1.0, Made Up 2.0], database: os-db}}
  - {name: boxed, path: {both: [{personality: {fingerprint: one.txt}}]}}`;
    const { scenario } = await read(folder.path, swept);
    expect(scenario.conditions.map(({ name }) => name)).toEqual([
      'personality Made Up 1.0',
      'personality Made Up 2.0',
      'boxed',
    ]);
    expect(windowsOf(await read(folder.path, swept))).toEqual([0x1234, 'silent', 0x77]);
  });

  it('is kept with the run, which needs neither file nor database again', async () => {
    await using folder = await temporaryFolder();
    const given = await read(
      folder.path,
      `path:\n  boxes:\n    - {name: liar, both: [{personality: {fingerprint: one.txt}}]}
conditions:\n  - sweep: {personality: {nmap: [Made Up 1.0, Made Up 2.0], database: os-db}}`,
    );
    const kept = join(folder.path, 'kept');
    await mkdir(kept);
    await (await RunFolder.createAt(kept)).writeScenario(given);
    expect(await readFile(join(kept, 'scenario.resolved.yaml'), 'utf8')).toContain('T5(R=Y%W=77)');
    const again = await readScenario(join(kept, 'scenario.resolved.yaml'));
    expect(windowsOf(again)).toEqual(windowsOf(given));
    expect(again.scenario.prints).toEqual(given.scenario.prints);
  });

  it.each([
    ['{nmap: Made Up 1, database: os-db}', 'did you mean "Made Up 1.0"', 5],
    ['{nmap: Made Up 1.0, database: nowhere}', 'cannot be read: ENOENT', undefined],
    ['{fingerprint: nowhere}', 'cannot be read: ENOENT', 5],
    ['{nmap: Made Up 1.0, fingerprint: one.txt}', 'give either `nmap` or `fingerprint`', 5],
    ['{fingerprint: one.txt, database: os-db}', 'goes with `nmap`', 5],
    ['{}', 'give either `nmap` or `fingerprint`', 5],
    ['{nmap: Made Up 1.0, ports: [22]}', 'unknown key "ports"', 5],
  ])('%s is refused', async (given, message, line) => {
    await using folder = await temporaryFolder();
    const fault = await faultOf(folder.path, stage(given));
    expect(`${fault.message} ${fault.remedy}`).toContain(message);
    if (line !== undefined) expect(fault.place?.line).toBe(line);
  });

  it('with a fingerprint that is cut short names file and line', async () => {
    await using folder = await temporaryFolder();
    const fault = await faultOf(folder.path, stage('{fingerprint: one.txt}'), 'x\n\nSEQ(SP=1)\nT5(R=Y%W=');
    expect(fault.message).toContain('cut short');
    expect(fault.place).toMatchObject({ file: join(folder.path, 'one.txt'), line: 4 });
  });

  it('stands in both directions', async () => {
    await using folder = await temporaryFolder();
    const fault = await faultOf(folder.path, 'path:\n  reverse:\n    - personality: {fingerprint: one.txt}');
    expect(fault.message).toContain('put it under `both`');
  });
});
