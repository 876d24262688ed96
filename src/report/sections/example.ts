import { html, type Part } from '../escape.js';
import type { ExampleResult } from '../example-result.js';
import { howToRead } from '../page/blocks.js';
import type { Section } from '../page/section.js';
import { table } from '../page/table.js';
import type { Result } from '../result.js';

const shown = (value: string | null): Part =>
  value === null ? '–' : value === 'nondeterministic' ? html`<em>${value}</em>` : html`<code>${value}</code>`;

/** The paper's figure 7; undefined where no experiment asked for an example. */
export function exampleSection({ examples = [] }: Result): Section | undefined {
  if (examples.length === 0) return undefined;
  return {
    id: 'example',
    title: 'A probe and its summary response',
    body: html`${examples.map((example) =>
      table<ExampleResult['fields'][number]>({
        caption: `Probe ${example.probe} and the response of ${example.machine} (${example.label}), of which ${example.answered} of ${example.copies} copies were answered`,
        rows: example.fields,
        columns: [
          { heading: 'Field', rowHeading: true, cell: ({ field }) => html`<code>${field}</code>` },
          { heading: 'Probe packet', cell: ({ probe }) => shown(probe) },
          { heading: 'Summary response', cell: ({ response }) => shown(response) },
        ],
      }),
    )}${howToRead(
      'The copies of a probe are collapsed into one response: a field on which they agree keeps its value, one on which they differ is nondeterministic, and none of its values is learnt from. A dash is a field that the packet does not have.',
    )}`,
  };
}
