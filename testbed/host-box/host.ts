import { CapabilityError } from '../../src/errors.js';
import { type Command, commandText } from '../../src/netem/compile/command.js';
import type { Programs } from '../../src/netem/compile/index.js';
import type { Interfaces } from '../../src/netem/nft/router.js';
import { findProgram } from '../program.js';
import { ScratchNamespace } from './scratch-namespace.js';

/** The host's own kernel as the box in which a path is: what it can do, found out by letting it do it. */

const packages: Readonly<Record<keyof Programs, string>> = {
  ...{ tc: 'iproute2', ip: 'iproute2', nft: 'nftables', sh: 'dash' },
};

const appliance =
  'use the netem appliance instead (`stackbed images show netem-appliance`), or the simulated path';

/** Where this host has the programs of `names`. @throws CapabilityError for one that it has not */
export async function hostPrograms(names: readonly (keyof Programs)[]): Promise<Partial<Programs>> {
  const found = await Promise.all(names.map(async (name) => [name, await findProgram(name)] as const));
  const missing = found.filter(([, path]) => path === undefined).map(([name]) => name);
  if (missing.length > 0)
    throw new CapabilityError(`this host cannot be the box: ${missing.join(', ')} not in PATH`, {
      remedy: `install ${missing.map((name) => packages[name]).join(', ')} with apt-get, or ${appliance}`,
    });
  return Object.fromEntries(found);
}

/**
 * Tries commands on two interfaces in a network namespace of its own, which is gone afterwards.
 * @throws CapabilityError with the first that the kernel refuses and what it said
 */
export async function tryOnHost(commands: readonly Command[], interfaces: Interfaces): Promise<void> {
  await using scratch = await ScratchNamespace.open();
  const { ip } = await hostPrograms(['ip']);
  const pairs = [interfaces.prober, interfaces.machine].map(
    (name, index): Command => ({
      argv: [ip!, 'link', 'add', name, 'type', 'veth', 'peer', 'name', `far${index}`],
    }),
  );
  for (const command of [...pairs, ...commands]) {
    const { exitCode, stdout, stderr } = await scratch.run(command.argv, command.stdin);
    if (exitCode === 0) continue;
    const said = (stderr.trim() || stdout.trim() || 'nothing').split('\n').slice(0, 3).join('\n    ');
    throw new CapabilityError(
      `this host's kernel cannot be the box: it refused\n    ${commandText(command).split('\n')[0]}\n  and said\n    ${said}`,
      { remedy: appliance },
    );
  }
}

/** What this host lacks of a box, in words; empty where it has netem and nft. */
export async function hostLacks(): Promise<string[]> {
  const interfaces = { prober: 'eth0', machine: 'eth1' };
  const netem = ['qdisc', 'add', 'dev', 'eth0', 'root', 'netem', 'delay', '1ms'] as const;
  const rules =
    'table netdev t { chain c { type filter hook ingress device "eth0" priority 0; ip ttl set 9; }; }\n';
  const tries = [
    { name: 'tc', command: (tc: string): Command => ({ argv: [tc, ...netem] }) },
    { name: 'nft', command: (nft: string): Command => ({ argv: [nft, '-f', '-'], stdin: rules }) },
  ] as const;
  const lacks: string[] = [];
  for (const { name, command } of tries)
    try {
      const programs = await hostPrograms([name]);
      await tryOnHost([command(programs[name]!)], interfaces);
    } catch (error) {
      if (!(error instanceof CapabilityError)) throw error;
      lacks.push(`${name}: ${error.message.replace(/^this host.*?: /, '').replace(/\s+/g, ' ')}`);
    }
  return lacks;
}
