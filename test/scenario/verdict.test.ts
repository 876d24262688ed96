import { describe, expect, it } from 'vitest';
import type { ToolAnswers } from '../../src/report/tools-result.js';
import { parseScenario } from '../../src/scenario/read.js';
import type { MachineRecord } from '../../src/scenario/run-folder.js';
import { toolResults } from '../../src/scenario/tools/results.js';
import { outcomeOf } from '../../src/scenario/tools/verdict.js';

describe('a verdict and a label', () => {
  it.each([
    ['linux', ['Linux 4.15 - 5.8'], 'exact'],
    ['linux 5.x', ['Linux 5.0 - 5.4'], 'exact'],
    ['linux 5.x', ['Linux 5.10.x'], 'exact'],
    ['linux 5.x', ['Linux 4.15 - 5.8'], 'among'],
    ['linux 5.10', ['Linux 4.15 - 5.8'], 'wrong'],
    ['linux 5.4', ['Linux 4.15 - 5.8'], 'among'],
    ['linux 5.4', ['Linux 5.4'], 'exact'],
    ['linux 6.12', ['Linux 6.x'], 'among'],
    ['linux 6.12', ['Linux 3.11 and newer'], 'among'],
    ['linux 2.6', ['Linux 3.11 and newer'], 'wrong'],
    ['linux 6.x', ['Linux'], 'vague'],
    ['linux 2.x', ['Linux 2.2.x-3.x'], 'among'],
    ['lwip 2.2', ['lwIP 1.4.1'], 'wrong'],
    ['lwip', ['Arduino; lwIP 1.4.0'], 'exact'],
    ['linux', ['Crestron XPanel control system'], 'wrong'],
    ['linux 6.x', ['Linux 6.1', 'Linux 5.4'], 'among'],
    ['linux 6.x', ['Linux', 'FreeBSD 12.0'], 'vague'],
    ['linux', ['FreeBSD 12.0', 'Windows 10'], 'wrong'],
    ['linux 6.12', [], 'none'],
  ] as const)('%s by %j: %s', (label, verdicts, outcome) => {
    expect(outcomeOf(label, verdicts)).toBe(outcome);
  });
});

it('counts by level what each tool said of the machines that it was asked about', () => {
  const labels = {
    kernel: ['linux', 'linux 6.x', 'linux 6.12'],
    distribution: ['linux', 'debian', 'debian 13'],
  };
  const record = (tools?: ToolAnswers) => ({ labels, tools }) as unknown as MachineRecord;
  const guess = (name: string, accuracy: number) => ({ name, accuracy });
  const old = (version: string, probability: number) => ({ name: `Linux Kernel ${version}`, probability });
  const { scenario } = parseScenario('machines: [{image: a}]\nexperiments: [{kind: tools}]', 'a');
  const results = toolResults(scenario, [
    // The second guess is not as good, and does not count.
    record({
      nmap: { guesses: [guess('Linux 6.12', 100), guess('FreeBSD 12', 99)] },
      p0f: { os: 'Linux 3.x' },
    }),
    record({
      nmap: { guesses: [guess('Linux 6.1', 95), guess('Linux 5.4', 95)] },
      p0f: { os: null },
      xprobe2: { guesses: [old('2.4.20', 94), old('2.6.11', 94), old('2.0.36', 80)] },
    }),
    record({ xprobe2: { guesses: [], failure: 'the archive has it no more' } }),
    record(),
  ]);
  const shown = results.map(({ tool, level, machines, ...counts }) => [
    tool,
    level,
    machines,
    ...Object.values(counts),
  ]);
  expect(shown).toEqual([
    ['nmap', 0, 2, 2, 0, 0, 0, 0],
    ['nmap', 1, 2, 1, 1, 0, 0, 0],
    ['nmap', 2, 2, 1, 0, 0, 1, 0],
    ['p0f', 0, 2, 1, 0, 0, 0, 1],
    ['p0f', 1, 2, 0, 0, 0, 1, 1],
    ['p0f', 2, 2, 0, 0, 0, 1, 1],
    // What could not be asked is told apart from what named nothing.
    ['xprobe2', 0, 2, 1, 0, 0, 0, 0, 1, 'the archive has it no more'],
    ['xprobe2', 1, 2, 0, 0, 0, 1, 0, 1, 'the archive has it no more'],
    ['xprobe2', 2, 2, 0, 0, 0, 1, 0, 1, 'the archive has it no more'],
  ]);
});
