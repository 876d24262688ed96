import { html } from '../escape.js';
import type { ExpectationResult } from '../expectation-result.js';
import type { Section } from '../page/section.js';
import { table } from '../page/table.js';
import type { Result } from '../result.js';
import { shownValues } from '../text/expectation-lines.js';

const verdict = ({ fault, holds, reproduces = true }: ExpectationResult) =>
  holds === null
    ? `cannot be judged: ${fault ?? ''}`
    : holds
      ? `holds${reproduces ? '' : '; the paper found otherwise'}`
      : 'does not hold';

/** The findings that a scenario expects, beside this run's figures and the paper's; undefined where it expects none. */
export function expectationsSection({ expectations = [] }: Result): Section | undefined {
  if (expectations.length === 0) return undefined;
  const isToldOtherwise = expectations.some(
    ({ paper, reason }) => paper !== undefined || reason !== undefined,
  );
  return {
    id: 'expectations',
    title: 'Findings',
    body: html`${table<ExpectationResult>({
      caption: 'What the scenario says is so, and whether this run bears it out',
      rows: expectations,
      columns: [
        { heading: 'Finding', rowHeading: true, cell: ({ finding }) => finding },
        { heading: 'This run', cell: verdict },
        {
          heading: 'Figures',
          cell: ({ values }) => shownValues(values),
        },
        ...(isToldOtherwise
          ? [
              { heading: 'The paper', cell: ({ paper = '' }: ExpectationResult) => paper },
              { heading: 'Why', cell: ({ reason = '' }: ExpectationResult) => reason },
            ]
          : []),
      ],
    })}`,
  };
}
