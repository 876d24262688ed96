import type { ExpectationResult } from './expectation-result.js';
import { formatCount, formatSignificant } from './format.js';

/** What a scenario of the paper gave, or why it gave nothing. */
export interface PaperFigure {
  /** Of the scenario's file, without its endings. */
  readonly name: string;
  /** From the root of the repository. */
  readonly file: string;
  readonly description: string;
  /** Missing where no dataset was recorded. */
  readonly outcome?: {
    readonly command: string;
    readonly machines: number;
    readonly probes: number;
    readonly copies: number;
    readonly digest: string;
    /** Command of the run that the dataset was recorded of. */
    readonly measured: string;
    readonly findings: readonly ExpectationResult[];
  };
}

/** Whether a finding is the paper's, in a word. */
function verdict({ holds, reproduces = true }: ExpectationResult): string {
  if (holds === null) return 'cannot be judged';
  if (!holds) return reproduces ? '**does not hold**' : '**otherwise than stated**';
  return reproduces ? 'holds' : '**does not reproduce**';
}

function number(value: number | null): string {
  if (value === null) return '–';
  return Number.isInteger(value) ? formatCount(value) : formatSignificant(value);
}

const plain = (text: string) => text.replaceAll('\u00a0', ' ').replaceAll('|', '\\|');

const figures = ({ values }: ExpectationResult) =>
  values.map(({ name, text, value }) => `${name}: ${text ?? number(value)}`).join('; ');

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.map(plain).join(' | ')} |`;
  return [line(head), `|${' --- |'.repeat(head.length)}`, ...rows.map(line)];
}

function section({ name, file, description, outcome }: PaperFigure): string[] {
  const title = [`## ${name}`, '', `${description}.`, ''];
  if (!outcome)
    return [...title, `No dataset of it is recorded: measure it by \`bin/stackbed run ${file}\`.`, ''];
  const { command, copies, digest, findings, machines, measured, probes } = outcome;
  const reasons = findings.filter(({ reason }) => reason !== undefined);
  return [
    ...title,
    `\`bin/${command}\`: ${formatCount(machines)} machines, ${formatCount(probes)} probes, ${copies} copies each.`,
    `Recorded of \`${measured}\`, digest \`${digest}\`.`.replaceAll('\u00a0', ' '),
    '',
    ...table(
      ['finding', 'the paper', 'here', ''],
      findings.map((one) => [one.finding, one.paper ?? '', figures(one), verdict(one)]),
    ),
    '',
    ...reasons.flatMap(({ finding, reason }) => [`*${finding}* ${reason}.`.replace(/\.\.$/, '.'), '']),
  ];
}

/** The page on what of the paper reproduces, as Markdown: every number in it is of `all`. */
export function paperPage(all: readonly PaperFigure[]): string {
  const count = (findings: readonly ExpectationResult[], wanted: boolean) =>
    findings.filter(({ holds, reproduces = true }) => holds === true && reproduces === wanted).length;
  const rows = all.map(({ name, outcome }) => {
    if (!outcome) return [`[${name}](#${name})`, 'not recorded', '', '', ''];
    const { findings, machines, probes } = outcome;
    const others = findings.filter(({ holds }) => holds !== true).length;
    return [
      ...[`[${name}](#${name})`, `${formatCount(machines)} × ${formatCount(probes)}`],
      ...[count(findings, true), count(findings, false), others].map(String),
    ];
  });
  return `${[
    '# The paper, reproduced',
    '',
    'What *The Limits of Automatic OS Fingerprint Generation* (Richardson, Gribble, Kohno; AISec 2010) found, and what the same',
    'measurements give on stacks of today. `npm run paper` writes this page: it runs each scenario of `scenarios/paper/` from its',
    'recorded dataset and takes sentences, numbers and reasons from results and scenarios. A finding that does not reproduce is',
    'stated as it is here and checked like the others.',
    '',
    ...table(['scenario', 'machines × probes', 'hold', 'do not reproduce', 'fail'], rows),
    '',
    ...all.flatMap(section),
  ]
    .join('\n')
    .trimEnd()}\n`;
}
