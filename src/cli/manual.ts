import { Command } from 'commander';
import { version } from '../version.js';
import { type Verb, verbsOf } from './command-tree.js';
import { printText } from './output.js';

/** Text that roff takes as it is: no request, no escape. */
const plain = (text: string) =>
  text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^([.'])/, '\\&$1');

function section({ path, description, usage, arguments: given, options }: Verb): string {
  const items = [
    ...given.map(({ name, description: about }) => [name, about] as const),
    ...options.map(({ flags, description: about }) => [flags, about] as const),
  ];
  return [
    `.SS "${plain(path)}"`,
    plain(`${description[0]?.toUpperCase()}${description.slice(1)}.`),
    `.PP\n.B ${plain(usage)}`,
    ...items.map(([term, about]) => `.TP\n.B ${plain(term)}\n${plain(about || '-')}`),
  ].join('\n');
}

/** The manual page, section 1, in the man macros of roff. */
export function manualPage(program: Command): string {
  const [whole, ...verbs] = verbsOf(program);
  return `${[
    `.TH STACKBED 1 "" "Stackbed ${version}" "Stackbed"`,
    '.SH NAME',
    `stackbed \\- ${plain(whole!.description)}`,
    '.SH SYNOPSIS',
    '.B stackbed\n.I verb\n[options]',
    '.SH DESCRIPTION',
    'A scenario file names machines, a path and probes. Stackbed boots the machines, puts the path between them and its',
    'prober, sends the probes, keeps every answer, and says how well the machines can be told apart.',
    '.SH VERBS',
    ...verbs.map(section),
    '.SH EXIT STATUS',
    ...[
      ['0', 'done'],
      ['1', 'a stated expectation failed'],
      ['2', 'bad usage or bad input'],
      ['3', 'this machine cannot do what was asked'],
      ['4', 'interrupted; the run can be resumed'],
    ].map(([code, about]) => `.TP\n.B ${code}\n${about}`),
    '.SH FILES',
    '.TP\n.I ~/.cache/stackbed\nimages, by the SHA\\-256 of their bytes',
    '.TP\n.I runs\n/scenario/time\\-seed: what runs leave',
    '.SH ENVIRONMENT',
    '.TP\n.B STACKBED_CACHE\nwhere the image store is, instead',
    '.TP\n.B STACKBED_DEBUG\nset to 1: where an internal error came from',
  ].join('\n')}\n`;
}

/** @param program the whole command line, to be looked at when the verb is called */
export function manualCommand(program: () => Command): Command {
  return new Command('man')
    .description('print the manual page: stackbed man | man -l -')
    .action(() => printText(manualPage(program())));
}
