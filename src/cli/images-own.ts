import { basename } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import {
  type AddOptions,
  type Appliance,
  addImage,
  bootChoices,
  type Labels,
  removeImage,
} from '../../images/index.js';
import type { Accelerator } from '../../testbed/drivers/qemu/arguments.js';
import { Lease } from '../../testbed/lease/lease.js';
import { InputError } from '../errors.js';
import { probeImage } from '../scenario/probe-image.js';
import { memorySize } from '../scenario/units.js';
import { containerStart, labelsOfContainer } from './images-container.js';
import { startOf, type Whence } from './images-domain.js';
import { jsonOption, wholeNumber } from './options.js';
import { formatBytes, printJson, printText } from './output.js';
import { PullLines } from './progress.js';
import { interruptSignal } from './signals.js';

interface AddFlags extends Whence {
  readonly container?: boolean;
  readonly initrd?: string;
  readonly name?: string;
  readonly label?: string[];
  readonly sha256?: string;
  readonly format?: AddOptions['format'];
  readonly architecture?: AddOptions['architecture'];
  readonly firmware?: Appliance['firmware'];
  readonly machine?: string;
  readonly nic?: string[];
  readonly disk?: Appliance['bus'];
  readonly ram?: number;
  readonly address?: Appliance['address'];
  readonly open?: number[];
  readonly append?: string;
  readonly patience?: number;
  readonly note?: string;
  readonly probe?: boolean;
  readonly json?: boolean;
}

const again = (value: string, before: unknown): string[] => [
  ...((before as string[] | undefined) ?? []),
  value,
];

function ports(text: string): number[] {
  return text.split(',').map(wholeNumber(1, 65_535));
}

function ram(text: string): number {
  const { data } = memorySize.safeParse(text);
  if (data === undefined) throw new InvalidArgumentError('expected a size like 512M or 4G.');
  return data;
}

/** `dhcp`, `kernel`, or `fixed=192.168.1.10/24`. */
function address(text: string): Appliance['address'] {
  if (text === 'dhcp' || text === 'kernel') return text;
  const match = /^fixed=(\d+\.\d+\.\d+\.\d+)\/(\d+)$/.exec(text);
  const [host, prefix] = [match?.[1] ?? '', Number(match?.[2])];
  const octets = host.split('.').map(Number);
  if (match && octets.every((octet) => octet <= 255) && prefix >= 1 && prefix <= 30)
    return { address: host, prefix };
  throw new InvalidArgumentError(
    'expected dhcp, kernel, or fixed=ADDRESS/PREFIX, as in fixed=192.168.1.10/24.',
  );
}

/** `kernel=linux/linux 2.x/linux 2.6.34` as three levels; a level that is left out repeats the one before it. */
function labelsOf(given: readonly string[], name: string): Labels {
  const levels = new Map<string, [string, string, string]>();
  for (const text of given) {
    const [, hierarchy, path] = /^(kernel|distribution)=(.+)$/.exec(text) ?? [];
    const parts = path?.split('/').map((part) => part.trim()) ?? [];
    if (hierarchy === undefined || parts.length > 3 || parts.some((part) => part === ''))
      throw new InputError(`--label "${text}" is not a label`, {
        remedy:
          'give the levels of a hierarchy, coarse to fine, as in --label "kernel=windows/windows 11/windows 11 24H2"',
      });
    const [first, second = first!, third = second] = parts;
    levels.set(hierarchy, [first!, second, third]);
  }
  const kernel = levels.get('kernel');
  if (!kernel)
    throw new InputError(`${name} has no label: what it is, coarse to fine`, {
      remedy: 'give it one, as in --label "kernel=freebsd/freebsd 14.x/freebsd 14.2"',
    });
  return { kernel, distribution: levels.get('distribution') ?? kernel };
}

/** `Windows 11.vhdx` → `windows-11`. */
function nameOf(file: string): string {
  const stem = basename(file)
    .toLowerCase()
    .replace(/\.[a-z0-9]+$/, '');
  return stem.replaceAll(/[^a-z0-9._+-]+/g, '-').replace(/^[^a-z]+/, '');
}

function optionsOf(start: Awaited<ReturnType<typeof startOf>>, flags: AddFlags): AddOptions {
  const { file } = start;
  const name = flags.name ?? start.name ?? nameOf(flags.domain ?? file);
  const { initrd, sha256, append, note, nic: nics = start.nics, format = start.format } = flags;
  const given = flags.label ?? [];
  const labels = flags.container
    ? labelsOfContainer(given, (all) => labelsOf(all, name))
    : labelsOf(given, name);
  const { architecture = start.architecture ?? 'amd64' } = flags;
  return {
    ...{ file, name, labels, architecture },
    ...{ initrd, sha256, format, nics, append, note },
    appliance: {
      ...start.appliance,
      ...(flags.firmware && { firmware: flags.firmware }),
      ...(flags.machine !== undefined && { machine: flags.machine }),
      ...(flags.disk && { bus: flags.disk }),
      ...(flags.ram !== undefined && { ramMib: flags.ram }),
      ...(flags.address && { address: flags.address }),
      ...(flags.open && { open: flags.open }),
      ...(flags.patience !== undefined && { patienceS: flags.patience }),
    },
  };
}

async function probeAndTell(name: string, signal: AbortSignal, accelerator?: Accelerator) {
  process.stderr.write(`${name}: booting it to see which ports are open\n`);
  const found = await probeImage(name, { accelerator, signal });
  const { open, bootMs, looked, answers } = found;
  const listeners = open.length > 0 ? `open: ${open.join(', ')}` : 'no open port';
  const text = `${name}: up after ${(bootMs / 1000).toFixed(0)} s; of ${looked} TCP ports ${listeners}; answers ${answers.join(', ')}`;
  return { found, text };
}

export function addCommand(): Command {
  return new Command('add')
    .description('add a machine image of your own: checked, converted once, never written to')
    .argument('[file]', 'qcow2, raw, VMDK, VDI, VHDX or VHD disk, OVA, ISO, Linux kernel; see --container')
    .option(
      '--container',
      'a container: FILE is a root file system (.tar), a folder with a Dockerfile, or an image of Docker',
    )
    .option('--command <line>', 'what is started in a container: a line for its shell, or a JSON array')
    .option('--domain <name>', 'instead of a file: a machine of libvirt that is shut off, with its hardware')
    .option('--uri <uri>', 'the libvirt that has it (default: LIBVIRT_DEFAULT_URI, or qemu:///system)')
    .option('--label <hierarchy=a/b/c>', 'what it is, coarse to fine; kernel=… and distribution=…', again)
    .option('--name <id>', 'id for scenarios (default: from the name of the file)')
    .option('--initrd <file>', "a kernel's initrd")
    .option('--append <arguments>', "a kernel's arguments")
    .option('--sha256 <digest>', 'refuse the file when it has another')
    .addOption(
      new Option('--format <name>', 'format of a disk that is not recognised').choices(bootChoices.formats),
    )
    .addOption(
      new Option('--architecture <name>', 'its processor (default: amd64)').choices(
        bootChoices.architectures,
      ),
    )
    .addOption(new Option('--firmware <kind>', "default: the OVA's, or bios").choices(bootChoices.firmwares))
    .addOption(new Option('--machine <type>', 'machine type').choices(['pc', 'q35', 'virt']))
    .addOption(
      new Option('--nic <model...>', 'NIC models that it drives, best first').choices(bootChoices.nics),
    )
    .addOption(new Option('--disk <bus>', 'where its disk is; ide is SATA on q35').choices(bootChoices.buses))
    .addOption(new Option('--ram <size>', "default: the OVA's, or 512M").argParser(ram))
    .addOption(new Option('--address <how>', 'dhcp, fixed=ADDRESS/PREFIX, or kernel').argParser(address))
    .addOption(new Option('--open <ports>', 'TCP ports with a listener, as in 22,80').argParser(ports))
    .addOption(new Option('--patience <seconds>', 'time to boot').argParser(wholeNumber(1, 7200)))
    .option('--note <text>', 'what others should know of it')
    .option('--probe', 'boot it and find its open ports')
    .addOption(jsonOption())
    .action(async (file: string | undefined, flags: AddFlags) => {
      const interrupt = interruptSignal();
      const pulls = new PullLines();
      await using lease = flags.container ? await Lease.acquire() : undefined;
      try {
        const start = lease ? await containerStart(file, flags, lease) : await startOf(file, flags);
        const options = optionsOf(start, flags);
        const image = await addImage({
          ...options,
          signal: interrupt.signal,
          onProgress: (progress) => {
            const line = pulls.line(progress);
            if (line !== undefined) process.stderr.write(`${line}\n`);
          },
        });
        const probed = flags.probe ? await probeAndTell(options.name, interrupt.signal) : undefined;
        if (flags.json) printJson({ id: options.name, ...image, ...(probed && { probed: probed.found }) });
        else
          printText(
            probed?.text ?? `${options.name}: added; see it with: stackbed images show ${options.name}`,
          );
      } finally {
        interrupt.dispose();
      }
    });
}

export function probeCommand(): Command {
  return new Command('probe')
    .description('boot an image of your own, find its open ports and note them')
    .argument('<image>', 'id of an image that you have added')
    .addOption(
      new Option('--accelerator <name>', 'do not measure which accelerator works').choices(['tcg', 'kvm']),
    )
    .addOption(jsonOption())
    .action(async (name: string, { accelerator, json }: { accelerator?: Accelerator; json?: boolean }) => {
      const interrupt = interruptSignal();
      try {
        const { found, text } = await probeAndTell(name, interrupt.signal, accelerator);
        if (json) printJson({ id: name, ...found });
        else printText(text);
      } finally {
        interrupt.dispose();
      }
    });
}

export function removeCommand(): Command {
  return new Command('remove')
    .description('remove an image of your own')
    .argument('<image>', 'id of an image that you have added')
    .addOption(jsonOption())
    .action(async (name: string, { json }: { json?: boolean }) => {
      const freed = await removeImage(name);
      if (json) printJson({ id: name, freed });
      else printText(`${name}: removed, ${formatBytes(freed)} freed`);
    });
}
