import { describe, expect, it } from 'vitest';
import { renderReport } from '../../src/report/html.js';
import { parseResult } from '../../src/report/parse.js';
import type { Result } from '../../src/report/result.js';
import { renderText, textWidth } from '../../src/report/text.js';
import { small } from './fixtures/index.js';
import { readTags, tableOf } from './page-reader.js';

const expectations: NonNullable<Result['expectations']> = [
  {
    finding: 'Six copies are enough.',
    expression: 'a = b',
    holds: true,
    values: [{ name: 'copies', value: 6 }],
    paper: 'six copies suffice',
  },
  {
    finding: `The level of the distribution is ${'very '.repeat(20)}hard.`,
    expression: 'c < 0.3',
    holds: false,
    values: [{ name: 'accuracy', value: 0.61234 }],
    reason: 'today <b>they</b> differ',
  },
  {
    finding: 'Loss is silence.',
    expression: 'd',
    holds: null,
    fault: 'it gives nothing',
    values: [{ name: 'd', value: null }],
  },
];
const told: Result = { ...small(), expectations };

describe('expected findings in the report', () => {
  it('are left out where none is expected', () => {
    expect(renderReport(small())).not.toContain('id="expectations"');
    expect(renderText(small())).not.toContain('Expected');
  });

  it('are part of the contract', () => {
    expect(parseResult(JSON.parse(JSON.stringify(told)), 'result.json').expectations).toEqual(expectations);
  });

  it('say in the terminal what holds, and with what figures', () => {
    const text = renderText(told);
    expect(text).toContain(
      'Expected    1 of 3 findings hold\n            holds: Six copies are enough.\n            copies 6\n',
    );
    expect(text).toContain('FAILS: The level of the distribution');
    expect(text).toContain('accuracy 0.612');
    expect(text).toContain(
      'cannot be judged: Loss is silence.\n            (it gives nothing)\n            d –',
    );
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(textWidth);
  });

  it('stand on the page beside what the paper found, and why it is otherwise', () => {
    const page = renderReport(told);
    readTags(page);
    expect(page).not.toContain('<b>they</b>');
    const [first, second] = tableOf(page, 'What the scenario says is so, and whether this run bears it out')!;
    expect(first).toEqual(['Six copies are enough.', 'holds', 'copies 6', 'six copies suffice', '']);
    expect(second!.slice(1)).toEqual(['does not hold', 'accuracy 0.612', '', 'today <b>they</b> differ']);
  });
});
