import { Argument, Command } from 'commander';
import { type Verb, verbsOf } from './command-tree.js';
import { printText } from './output.js';

const words = ({ verbs, options }: Verb) => [...verbs, ...options.map(({ long }) => long)].join(' ');

/** Options of a verb with a fixed list of values, as cases of a shell. */
const withChoices = (verbs: readonly Verb[]) =>
  [...new Map(verbs.flatMap(({ options }) => options).map((one) => [one.long, one])).values()].filter(
    ({ choices }) => choices.length > 0,
  );

/** The words of a verb by its path, files where there are none. */
function bash(verbs: readonly Verb[]): string {
  return `# stackbed completion bash > ~/.local/share/bash-completion/completions/stackbed
_stackbed() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} path= words=
  case $before in
${withChoices(verbs)
  .map(
    ({ long, choices }) =>
      `    ${long}) COMPREPLY=($(compgen -W '${choices.join(' ')}' -- "$word")); return ;;`,
  )
  .join('\n')}
  esac
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$path \${COMP_WORDS[i]}" in
${verbs
  .filter(({ path }) => path !== '')
  .map(({ path }) => `      ' ${path}') path=' ${path}' ;;`)
  .join('\n')}
    esac
  done
  case $path in
${verbs.map((verb) => `    '${verb.path === '' ? '' : ` ${verb.path}`}') words='${words(verb)}' ;;`).join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$word"))
  [[ \${#COMPREPLY[@]} -eq 0 && $word != -* ]] && COMPREPLY=($(compgen -f -- "$word"))
}
complete -o filenames -F _stackbed stackbed
`;
}

function zsh(verbs: readonly Verb[]): string {
  return `#compdef stackbed
# stackbed completion zsh > "\${fpath[1]}/_stackbed"
autoload -U +X bashcompinit && bashcompinit
${bash(verbs)}`;
}

const quoted = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

function fish(verbs: readonly Verb[]): string {
  const lines = verbs.flatMap(({ path, verbs: children, options }) => {
    const parts = path.split(' ').filter((part) => part !== '');
    const seen = parts.map((part) => `__fish_seen_subcommand_from ${part}`);
    const none = children.length > 0 ? [`not __fish_seen_subcommand_from ${children.join(' ')}`] : [];
    const when = [...seen, ...none].join('; and ') || 'true';
    const described = new Map(verbs.map((verb) => [verb.path, verb.description]));
    return [
      ...children.map((child) => {
        const about = described.get([...parts, child].join(' ')) ?? '';
        return `complete -c stackbed -n ${quoted(when)} -a ${child} -d ${quoted(about)}`;
      }),
      ...options.map(({ long, description, choices }) => {
        const values = choices.length > 0 ? ` -x -a ${quoted(choices.join(' '))}` : '';
        return `complete -c stackbed -n ${quoted(when)} -l ${long.replace(/^-+/, '')}${values} -d ${quoted(description)}`;
      }),
    ];
  });
  return `# stackbed completion fish > ~/.config/fish/completions/stackbed.fish\n${lines.join('\n')}\n`;
}

const shells = { bash, zsh, fish };

/** @param program the whole command line, to be looked at when the verb is called */
export function completionCommand(program: () => Command): Command {
  return new Command('completion')
    .description('print a completion script; its first line says where it belongs')
    .addArgument(new Argument('<shell>').choices(Object.keys(shells)))
    .action((shell: keyof typeof shells) => printText(shells[shell](verbsOf(program()))));
}
