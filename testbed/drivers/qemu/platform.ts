import { CapabilityError, InputError } from '../../../src/errors.js';
import { findProgram } from '../../program.js';

/** How QEMU emulates machines of one processor architecture. */
export interface Platform {
  readonly program: string;
  /** The Debian package of `program`. */
  readonly debianPackage: string;
  /** Value of `-cpu` when the processor is emulated. */
  readonly processor: string;
  /** Linux' name of the first serial port. */
  readonly console: string;
  /** Further kernel arguments. */
  readonly arguments: readonly string[];
  /** `process.arch` of hosts that can run its code under KVM. */
  readonly nativeTo: NodeJS.Architecture;
}

/**
 * Linux is to take the processor for one without fast string instructions (rep_good, erms, fsrs, fsrm; by number, as
 * kernels before 5.19 need it): QEMU emulates them a byte at a time, and plain loops many times as fast.
 */
const noStringInstructions = 'clearcpuid=112,297,395,580';

/**
 * Where QEMU's firmware puts the power-management timer of pc and q35. Without ACPI Linux would not find it, and would
 * take the speed of its clock from the interval timer alone, which a loaded host spoils many times over.
 */
const powerManagementTimer = 'pmtmr=0x608';

const platforms: Readonly<Record<string, Platform>> = {
  amd64: {
    program: 'qemu-system-x86_64',
    debianPackage: 'qemu-system-x86',
    processor: 'max',
    console: 'ttyS0',
    arguments: [noStringInstructions, powerManagementTimer],
    nativeTo: 'x64',
  },
  i386: {
    program: 'qemu-system-i386',
    debianPackage: 'qemu-system-x86',
    processor: 'max',
    console: 'ttyS0',
    arguments: [noStringInstructions, powerManagementTimer],
    nativeTo: 'x64',
  },
  arm64: {
    program: 'qemu-system-aarch64',
    debianPackage: 'qemu-system-arm',
    processor: 'cortex-a57',
    console: 'ttyAMA0',
    arguments: [],
    nativeTo: 'arm64',
  },
  riscv64: {
    program: 'qemu-system-riscv64',
    debianPackage: 'qemu-system-misc',
    processor: 'rv64',
    console: 'ttyS0',
    arguments: [],
    nativeTo: 'riscv64',
  },
};

/** The platform of a Debian architecture. Throws InputError for one that is not known. */
export function platformOf(architecture: string): Platform {
  const platform = platforms[architecture];
  if (platform) return platform;
  throw new InputError(
    `no QEMU program is known for the architecture ${architecture}; known: ${Object.keys(platforms).join(', ')}`,
  );
}

/** An emulator, and where it is on this machine. */
export interface Emulator {
  readonly architecture: string;
  readonly program: string;
  /** The command that installs it. */
  readonly install: string;
  /** Absolute path; undefined when it is not installed. */
  readonly path: string | undefined;
}

async function find(architecture: string): Promise<Emulator> {
  const { program, debianPackage } = platformOf(architecture);
  const since = debianPackage === 'qemu-system-misc' ? ' (from Debian 13 on: qemu-system-riscv)' : '';
  const install = `apt-get install --no-install-recommends ${debianPackage}${since}`;
  return { architecture, program, install, path: await findProgram(program) };
}

/** The emulators of all architectures, installed or not. */
export function findEmulators(): Promise<Emulator[]> {
  return Promise.all(Object.keys(platforms).map(find));
}

/** The program that emulates an architecture. Throws CapabilityError with the command that installs it. */
export async function requireQemu(architecture: string): Promise<string> {
  return (await requireEmulators([architecture])).get(architecture)!;
}

/**
 * The programs that emulate `architectures`, by architecture. Throws CapabilityError that names every one that
 * is missing and the command that installs them.
 */
export async function requireEmulators(architectures: Iterable<string>): Promise<Map<string, string>> {
  const emulators = await Promise.all([...new Set(architectures)].map(find));
  const missing = emulators.filter(({ path }) => path === undefined);
  if (missing.length === 0) return new Map(emulators.map(({ architecture, path }) => [architecture, path!]));
  const programs = missing.map(({ program, architecture }) => `${program} (${architecture})`).join(', ');
  const [is, boots] = missing.length === 1 ? ['is', 'it boots'] : ['are', 'they boot'];
  throw new CapabilityError(`${programs} ${is} not installed: ${boots} machines of this run`, {
    remedy: `install with: ${missing.map(({ install }) => install).join(', and ')}`,
  });
}
