import { type CausesResult, causeClasses, type Intervention } from '../causes-result.js';
import { html, type Markup } from '../escape.js';
import { formatCount, plural } from '../format.js';
import { howToRead, more } from '../page/blocks.js';
import type { Section } from '../page/section.js';
import { table } from '../page/table.js';
import type { Result } from '../result.js';

type FieldRow = CausesResult['fields'][number];

function fieldTable({ fields, interventions }: CausesResult): Markup {
  return table<FieldRow>({
    caption: 'Fields and the causes that moved them, number of probes (paper, table 2)',
    rows: fields,
    sortable: true,
    columns: [
      { heading: 'Field', rowHeading: true, cell: ({ field }) => html`<code>${field}</code>` },
      ...causeClasses.map((name) => {
        const isTried = interventions.some((one) => one.class === name);
        const probesOf = ({ moved }: FieldRow) => moved.find((one) => one.class === name)?.probes;
        return {
          heading: name,
          number: true,
          cell: (row: FieldRow) => {
            const probes = probesOf(row);
            return probes === undefined ? (isTried ? '·' : '') : formatCount(probes);
          },
          key: (row: FieldRow) => probesOf(row) ?? 0,
        };
      }),
      { heading: 'Prone', cell: ({ prone }) => (prone ? 'prone' : '') },
    ],
  });
}

const fieldsShown = 8;

function interventionTable(rows: readonly Intervention[]): Markup {
  return table<Intervention>({
    caption: 'Interventions: one thing was changed, everything else was alike',
    rows,
    sortable: true,
    className: 'classes',
    columns: [
      { heading: 'Cause', cell: (one) => one.class },
      { heading: 'Changed', rowHeading: true, cell: ({ factor }) => factor },
      { heading: 'On', cell: ({ image }) => image },
      { heading: 'From', cell: ({ from }) => from },
      { heading: 'To', cell: ({ to }) => to },
      { heading: 'Machines', number: true, cell: ({ machines }) => formatCount(machines) },
      {
        heading: 'Fields moved',
        number: true,
        cell: ({ fields }) => formatCount(fields.length),
        key: ({ fields }) => fields.length,
      },
      {
        heading: 'Which, and in how many probes',
        cell: ({ fields }) =>
          html`${fields
            .slice(0, fieldsShown)
            .map(
              ({ field, probe, probes, values }) =>
                html`<span class="chip"><b>${field}</b> ${formatCount(probes)}, #${probe}: ${values.join(' → ')}</span> `,
            )}${fields.length > fieldsShown && html`<span class="quiet">and ${fields.length - fieldsShown} more</span>`}`,
      },
    ],
  });
}

/** Which cause moves which field; undefined where no experiment asked. */
export function causesSection({ causes }: Result): Section | undefined {
  if (!causes) return undefined;
  const { interventions, probes, prone } = causes;
  const still = interventions.filter(({ fields }) => fields.length === 0).length;
  return {
    id: 'causes',
    title: 'What moves which field',
    body: html`<p>${plural(interventions.length, 'comparison')} of machines that differ in one thing, with ${plural(probes, 'probe')} each; ${formatCount(still)} of them moved nothing. ${plural(prone.length, 'field')} moved by something other than source code or build: ${prone.join(', ') || 'none'}.</p>${fieldTable(causes)}${howToRead(
      'A number is of the probes in which the field differed between two machines that differ in that cause alone, and not between boots of equal machines; a dot says that the cause was tried and did not move it, an empty cell that it was not tried. A field that something other than the system’s source code moves is prone: a model that leans on it learns memory, settings, listeners or the network as well. `response` is silence against an answer. Lengths, offsets and checksums move with what they cover.',
    )}${more('All comparisons', interventionTable(interventions))}`,
  };
}
