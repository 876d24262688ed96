import type { Command, Option } from 'commander';

/** A verb, its options and its sub-verbs, as completions and the manual need them. */
export interface Verb {
  /** `images pull`; empty for the program itself. */
  readonly path: string;
  readonly description: string;
  readonly usage: string;
  readonly arguments: readonly { readonly name: string; readonly description: string }[];
  readonly options: readonly {
    readonly flags: string;
    readonly long: string;
    readonly description: string;
    readonly choices: readonly string[];
  }[];
  readonly verbs: readonly string[];
}

const optionOf = (option: Option) => ({
  flags: option.flags,
  long: option.long ?? option.flags,
  description: option.description,
  choices: option.argChoices ?? [],
});

/** The program and every verb under it, in the order of its help. */
export function verbsOf(command: Command, path = ''): Verb[] {
  const help = command.createHelp();
  const children = help.visibleCommands(command).filter((child) => child.name() !== 'help');
  return [
    {
      path,
      description: command.description(),
      usage: help.commandUsage(command),
      arguments: command.registeredArguments.map((one) => ({
        name: one.name(),
        description: one.description,
      })),
      options: help.visibleOptions(command).map(optionOf),
      verbs: children.map((child) => child.name()),
    },
    ...children.flatMap((child) => verbsOf(child, path === '' ? child.name() : `${path} ${child.name()}`)),
  ];
}
