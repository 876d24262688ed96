import { html } from '../escape.js';
import { formatCount, formatRatio, plural } from '../format.js';
import { howToRead, more } from '../page/blocks.js';
import type { Section } from '../page/section.js';
import { table } from '../page/table.js';
import type { MachineResult, Result } from '../result.js';
import type { ToolResult } from '../tools-result.js';

const verdictsShown = 3;

const count = (heading: string, of: (one: ToolResult) => number) => ({
  heading,
  number: true,
  cell: (one: ToolResult) => formatCount(of(one)),
  key: of,
});

function nmapCell({ tools }: MachineResult): string {
  const { failure, guesses = [] } = tools?.nmap ?? {};
  if (failure !== undefined) return failure;
  const best = guesses.filter(({ accuracy }) => accuracy === guesses[0]?.accuracy);
  const names = best.slice(0, verdictsShown).map(({ name, accuracy }) => `${name} (${accuracy} %)`);
  const left = best.length - names.length;
  return `${names.join('; ') || '–'}${left > 0 ? `; ${left} more` : ''}`;
}

/** What the tools of others made of the machines; undefined where none was asked. */
export function toolsSection({ machines, tools = [] }: Result): Section | undefined {
  if (tools.length === 0) return undefined;
  const asked = machines.filter((machine) => machine.tools);
  return {
    id: 'tools',
    title: 'Tools of others',
    body: html`${table<ToolResult>({
      caption: 'What tools said of the kernel, by level of the kernel hierarchy',
      rows: tools,
      className: 'accuracy',
      columns: [
        { heading: 'Tool', rowHeading: true, cell: ({ tool }) => tool },
        { heading: 'Level', number: true, cell: ({ level }) => level },
        {
          heading: 'Exact',
          number: true,
          cell: ({ exact, machines: of }) => formatRatio(exact, of),
          key: ({ exact }) => exact,
        },
        count('Among others', ({ among }) => among),
        count('Not so fine', ({ vague }) => vague),
        count('Wrong', ({ wrong }) => wrong),
        count('Nothing', ({ none }) => none),
        count('Machines', ({ machines: of }) => of),
      ],
    })}${howToRead(
      'Each tool saw every machine across its path, with the database of its package. Exact: its best verdict names this label and no other. Among others: a range of versions, or several verdicts as good, of which this label is one. Not so fine: right, but it does not go down to this level. A database older than a kernel cannot name it.',
    )}${more(
      `Verdicts on ${plural(asked.length, 'machine')}`,
      table<MachineResult>({
        caption: 'Best verdicts by machine',
        rows: asked,
        columns: [
          {
            heading: 'Machine',
            rowHeading: true,
            cell: ({ id, labels }) => html`${id}<small>${labels.kernel[2]}</small>`,
          },
          { heading: 'nmap -O', cell: nmapCell },
          { heading: 'p0f', cell: ({ tools: said }) => said?.p0f?.failure ?? said?.p0f?.os ?? '–' },
        ],
      }),
    )}`,
  };
}
