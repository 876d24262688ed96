import { describe, expect, it } from 'vitest';
import { judge } from '../../src/scenario/expectations.js';
import { parseScenario } from '../../src/scenario/read.js';

const head = 'machines: [{image: linux-6.12+deb13}]\nexpect:\n';
const expected = (text: string) => parseScenario(`${head}${text}`, 's.scenario.yaml').scenario;
const result = {
  experiments: [
    { hierarchy: 'kernel', level: 0, accuracy: 1 },
    { hierarchy: 'kernel', level: 2, accuracy: 0.46 },
  ],
};

describe('expect', () => {
  it('holds a finding against the result, with the figures that are asked for', async () => {
    const [one] = await judge(
      expected(`  - finding: Fine levels are harder.
    holds: experiments[level=0].accuracy > experiments[level=2].accuracy
    shows: {level 0: 'experiments[level=0].accuracy', level 7: 'experiments[level=7].accuracy'}
    paper: so it was
`),
      result,
    );
    expect(one).toEqual({
      finding: 'Fine levels are harder.',
      expression: 'experiments[level=0].accuracy > experiments[level=2].accuracy',
      holds: true,
      values: [
        { name: 'level 0', value: 1 },
        { name: 'level 7', value: null },
      ],
      paper: 'so it was',
    });
  });

  it('says that a finding does not hold', async () => {
    const [one] = await judge(
      expected("  - {finding: All right., holds: '$min(experiments.accuracy) = 1'}\n"),
      result,
    );
    expect(one).toMatchObject({ holds: false });
  });

  it('judges nothing by what is neither true nor false, or fails', async () => {
    const found = await judge(
      expected(
        '  - {finding: a, holds: nothing.there}\n  - {finding: b, holds: experiments.level}\n' +
          "  - {finding: c, holds: '$sum(experiments.hierarchy) > 1'}\n",
      ),
      result,
    );
    expect(found.map(({ holds, fault }) => [holds, fault])).toEqual([
      [null, 'it gives nothing, neither true nor false'],
      [null, 'it gives [0,2], neither true nor false'],
      [null, expect.stringMatching(/sum/)],
    ]);
  });

  it('leaves out what is asked of another variant of the scenario', async () => {
    const found = await judge(
      expected(`  - {finding: few, when: '$scenario.probes.copies < 6', holds: 'true'}
  - {finding: six, when: '$scenario.probes.copies = 6', holds: 'true'}
  - {finding: unsaid, when: $scenario.probes.copies, holds: 'true'}
`),
      result,
    );
    expect(found.map(({ finding, holds, fault }) => [finding, holds, fault])).toEqual([
      ['six', true, undefined],
      ['unsaid', null, 'when: it gives 6, neither true nor false'],
    ]);
  });

  it('tells where an expression cannot be read', () => {
    expect(() => expected("  - finding: a\n    holds: 'accuracy >> 2'\n")).toThrow(
      expect.objectContaining({
        errors: [
          expect.objectContaining({
            message: expect.stringMatching(
              /^expect\.0\.holds: not an expression of JSONata at character \d+:/,
            ),
            place: expect.objectContaining({ line: 4, column: 12 }),
          }),
        ],
      }),
    );
  });
});
