import { Command, InvalidArgumentError, Option } from 'commander';
import { commandText } from '../netem/compile/command.js';
import type { Interfaces } from '../netem/nft/router.js';
import { compiledPath, tryPathOnHost } from '../scenario/compiled-path.js';
import { readScenario } from '../scenario/read.js';
import { jsonOption } from './options.js';
import { printJson, printText } from './output.js';

function interfaces(text: string): Interfaces {
  const [prober, machine, ...rest] = text.split(',');
  const isName = (name: string | undefined) => name !== undefined && /^[a-zA-Z][\w.-]{0,14}$/.test(name);
  if (!isName(prober) || !isName(machine) || rest.length > 0 || prober === machine)
    throw new InvalidArgumentError('expected two names of interfaces, like eth0,eth1.');
  return { prober: prober!, machine: machine! };
}

const interfacesOption = () =>
  new Option('--interfaces <names>', 'of the box: towards the prober, and towards the machine')
    .argParser(interfaces)
    .default({ prober: 'eth0', machine: 'eth1' }, 'eth0,eth1');

interface CompileFlags {
  readonly interfaces: Interfaces;
  readonly to: string;
  readonly try?: boolean;
  readonly json?: boolean;
}

export function compileCommand(): Command {
  return new Command('compile')
    .description("print a scenario's path as the tc and nft commands of a Linux box")
    .argument('<scenario>', 'a .scenario.yaml file')
    .addOption(interfacesOption())
    .addOption(new Option('--to <program>', 'print only those').choices(['tc', 'nft', 'all']).default('all'))
    .option('--try', "let this host's kernel do it first, in a network namespace that is gone afterwards")
    .addOption(jsonOption())
    .action(async (file: string, options: CompileFlags) => {
      const read = await readScenario(file);
      const { interfaces } = options;
      if (options.try) await tryPathOnHost(read, interfaces);
      const compiled = compiledPath(read, { interfaces });
      const commands = compiled.commands.filter(({ of }) => options.to === 'all' || of === options.to);
      if (options.json) {
        printJson({ ...compiled, commands });
        return;
      }
      const notes = compiled.notes.map(({ stage, note }) => `# ${stage}: ${note}`);
      printText([`# a ${compiled.mode}`, ...notes, ...commands.map(commandText)].join('\n'));
    });
}
