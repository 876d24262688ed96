import { Command, Option } from 'commander';
import type { PullProgress } from '../../images/index.js';
import type { Accelerator } from '../../testbed/drivers/qemu/arguments.js';
import { InputError } from '../errors.js';
import { type Match, Matcher } from '../nmap/match.js';
import { formatSubject } from '../nmap/subject-text.js';
import { type FoundDatabase, findNmapDatabase } from '../scenario/nmap-database.js';
import { type NmapObservation, nmapMachine } from '../scenario/nmap-machine.js';
import { subjectOf } from '../scenario/nmap-scans.js';
import { parseScenario, type ReadScenario, readScenario, withSeed } from '../scenario/read.js';
import { jsonOption, seedOption } from './options.js';
import { printJson, printText } from './output.js';
import { PullLines } from './progress.js';
import { interruptSignal } from './signals.js';

interface Flags {
  readonly image?: string;
  readonly ram?: string;
  readonly machine?: string;
  readonly seed?: number;
  readonly db?: string;
  readonly match: boolean;
  readonly accelerator?: Accelerator;
  readonly json?: boolean;
}

/** A scenario of one machine. JSON is YAML. */
function ofImage(image: string, ram: string | undefined): ReadScenario {
  const block = { image: [image], ...(ram !== undefined && { ram: [ram] }) };
  return parseScenario(JSON.stringify({ machines: [block] }), '--image');
}

async function scenarioOf(
  file: string | undefined,
  { image, ram, machine, seed }: Flags,
): Promise<ReadScenario> {
  if ((file === undefined) === (image === undefined))
    throw new InputError('give a scenario, or an image with --image', {
      remedy: 'as in stackbed nmap --image linux-6.12+deb13, or stackbed nmap FILE --machine ID',
    });
  if (image === undefined && ram !== undefined)
    throw new InputError('--ram is for --image: a machine of a scenario has its own');
  if (image !== undefined && machine !== undefined)
    throw new InputError('--machine is for a scenario: --image boots one machine');
  const read = image === undefined ? await readScenario(file!) : ofImage(image, ram);
  return seed === undefined ? read : withSeed(read, seed);
}

const fingerprintText = ({ fingerprint, ports, distance }: NmapObservation) =>
  formatSubject(subjectOf(fingerprint, ports, distance));

const percent = ({ accuracy }: Match) => `${Math.floor(accuracy * 100)} %`;

function text(
  found: NmapObservation,
  database: FoundDatabase | undefined,
  guesses: readonly Match[],
): string {
  const { machine, sent, answered } = found;
  const lines = [`${machine}: ${answered} of ${sent} probes answered`, '', fingerprintText(found)];
  if (answered === 0) lines.push('', 'it answered nothing, so that there is nothing to match');
  else if (database) {
    const { references } = database.database;
    lines.push('', `best of the ${references.length} fingerprints of ${database.path}:`);
    lines.push(...guesses.map((match) => `  ${percent(match).padStart(5)}  ${match.reference.name}`));
    if (guesses.length === 0) lines.push('  none matches by 85 %');
  }
  return lines.join('\n');
}

function json(found: NmapObservation, database: FoundDatabase | undefined, guesses: readonly Match[]) {
  const { fingerprint, ports, distance, ...rest } = found;
  const lines = [...fingerprint].map(([name, tests]) => [name, Object.fromEntries(tests)] as const);
  return {
    ...rest,
    ports: { open: ports.open ?? null, closed: ports.closed, closed_udp: ports.closedUdp },
    distance: distance ?? null,
    fingerprint: Object.fromEntries(lines),
    text: fingerprintText(found),
    database: database ? { path: database.path, fingerprints: database.database.references.length } : null,
    guesses: guesses.map(({ reference, accuracy, matched, possible }) => ({
      ...{ name: reference.name, accuracy, matched, possible },
      ...{ line: reference.line, classes: reference.classes },
    })),
  };
}

export function nmapCommand(): Command {
  return new Command('nmap')
    .description("boot one machine and take its fingerprint by nmap's method: 16 probes across its path")
    .argument('[scenario]', 'a .scenario.yaml file')
    .option('--machine <id>', 'which machine of the scenario, or machine@condition')
    .option('--image <id>', 'instead of a scenario: an image, without a path')
    .option('--ram <size>', 'memory of the machine of --image, as 256M')
    .addOption(seedOption())
    .option('--db <file>', "an nmap-os-db (default: your nmap's, else that of Debian's package)")
    .option('--no-match', 'print the fingerprint and look it up nowhere')
    .addOption(
      new Option('--accelerator <name>', 'do not measure which accelerator works').choices(['tcg', 'kvm']),
    )
    .addOption(jsonOption())
    .action(async (file: string | undefined, flags: Flags) => {
      const read = await scenarioOf(file, flags);
      const interrupt = interruptSignal();
      const { signal } = interrupt;
      const lines = new PullLines();
      const onProgress = (progress: PullProgress) => {
        const line = lines.line(progress);
        if (line !== undefined) process.stderr.write(`${line}\n`);
      };
      try {
        const database = flags.match ? await findNmapDatabase(flags.db, { onProgress, signal }) : undefined;
        const { machine, accelerator } = flags;
        const found = await nmapMachine({ read, machine, accelerator, signal, onProgress });
        const guesses =
          database && found.answered > 0 ? new Matcher(database.database).guesses(found.fingerprint) : [];
        if (flags.json) printJson(json(found, database, guesses));
        else printText(text(found, database, guesses));
      } finally {
        interrupt.dispose();
      }
    });
}
