import { html } from '../escape.js';
import { formatCount, formatRatio, plural } from '../format.js';
import { howToRead, more } from '../page/blocks.js';
import type { Section } from '../page/section.js';
import { table } from '../page/table.js';
import type { MachineResult, Result } from '../result.js';
import type { ToolName, ToolResult } from '../tools-result.js';

const verdictsShown = 3;

const count = (heading: string, of: (one: ToolResult) => number) => ({
  heading,
  number: true,
  cell: (one: ToolResult) => formatCount(of(one)),
  key: of,
});

interface Guess {
  readonly name: string;
  /** In percent. */
  readonly goodness: number;
}

/** The first that are as good as the best. */
function guessesCell(guesses: readonly Guess[] | undefined, failure: string | undefined): string {
  if (failure !== undefined) return failure;
  const best = (guesses ?? []).filter(({ goodness }) => goodness === guesses?.[0]?.goodness);
  const names = best.slice(0, verdictsShown).map(({ name, goodness }) => `${name} (${goodness} %)`);
  const left = best.length - names.length;
  return `${names.join('; ') || '–'}${left > 0 ? `; ${left} more` : ''}`;
}

/** What each tool said of a machine. */
const cellOf: Readonly<Record<ToolName, (machine: MachineResult) => string>> = {
  nmap: ({ tools: { nmap } = {} }) =>
    guessesCell(
      nmap?.guesses.map(({ name, accuracy }) => ({ name, goodness: accuracy })),
      nmap?.failure,
    ),
  p0f: ({ tools: { p0f } = {} }) => p0f?.failure ?? p0f?.os ?? '–',
  xprobe2: ({ tools: { xprobe2 } = {} }) =>
    guessesCell(
      xprobe2?.guesses.map(({ name, probability }) => ({ name, goodness: probability })),
      xprobe2?.failure,
    ),
};
const headings: Readonly<Record<ToolName, string>> = { nmap: 'nmap -O', p0f: 'p0f', xprobe2: 'xprobe2' };

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
        ...(tools.some(({ failed }) => failed) ? [count('Not asked', ({ failed = 0 }) => failed)] : []),
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
          ...[...new Set(tools.map(({ tool }) => tool))].map((tool) => ({
            ...{ heading: headings[tool], cell: cellOf[tool] },
          })),
        ],
      }),
    )}`,
  };
}
