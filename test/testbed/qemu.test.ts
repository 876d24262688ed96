import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { architectures } from '../../images/catalog-schema.js';
import type { BootableImage } from '../../images/index.js';
import { CapabilityError, InputError } from '../../src/errors.js';
import { qemuArguments } from '../../testbed/drivers/qemu/arguments.js';
import {
  findEmulators,
  platformOf,
  requireEmulators,
  requireQemu,
} from '../../testbed/drivers/qemu/platform.js';

const network = { mac: '52:54:00:00:00:02', address: '172.31.0.2', prefix: 16, gateway: '172.31.0.1' };

function args(architecture: BootableImage['architecture'], accelerator: 'tcg' | 'kvm'): string[] {
  const image: BootableImage = {
    ...{
      id: 'linux',
      requested: 'linux',
      digest: '',
      folder: '/f',
      kernel: '/k',
      initrd: '/i',
      architecture,
    },
    ...{ nics: ['e1000'], release: '6.12', append: 'quiet' },
    labels: { kernel: ['linux', '', ''], distribution: ['linux', '', ''] },
  };
  const hardware = { ramMib: 256, cores: 1, nic: 'e1000' };
  const spec = { id: 'm', image, hardware, sysctls: {}, openPorts: [22] };
  return qemuArguments({ spec, network, accelerator, socketPath: '/s' });
}

const option = (list: readonly string[], name: string) => list[list.indexOf(name) + 1];

describe('qemuArguments', () => {
  it.each([
    ['amd64', 'pc', 'console=ttyS0'],
    ['i386', 'pc', 'console=ttyS0'],
    ['arm64', 'virt', 'console=ttyAMA0'],
    ['riscv64', 'virt', 'console=ttyS0'],
  ] as const)('gives a machine of %s its board and console', (architecture, machine, console) => {
    const list = args(architecture, 'tcg');
    expect(option(list, '-M')).toBe(machine);
    expect(option(list, '-append')!.split(' ')).toContain(console);
    expect(option(list, '-device')).toMatch(/^e1000,netdev=n0,/);
  });

  it('uses KVM for the processors of the host alone', () => {
    const accelerators = architectures.map((name) => option(args(name, 'kvm'), '-accel'));
    const native = architectures.map((name) => platformOf(name).nativeTo === process.arch);
    expect(accelerators).toEqual(native.map((is) => (is ? 'kvm' : 'tcg,thread=multi')));
    expect(new Set(accelerators).size).toBe(2);
  });
});

describe('requireQemu', () => {
  const path = process.env.PATH;
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'stackbed-path-'));
    await symlink('/bin/true', join(folder, 'qemu-system-x86_64'));
    process.env.PATH = folder;
  });
  afterEach(async () => {
    process.env.PATH = path;
    await rm(folder, { recursive: true });
  });

  it.each([
    ['i386', 'qemu-system-x86'],
    ['arm64', 'qemu-system-arm'],
    ['riscv64', 'qemu-system-misc'],
  ])('names the package that emulates %s', async (architecture, name) => {
    const error = await requireQemu(architecture).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(CapabilityError);
    expect((error as CapabilityError).remedy).toMatch(new RegExp(`apt-get install .*\\b${name}( |$)`));
  });

  it('does not mind that emulators of other architectures are missing', async () => {
    expect(await requireQemu('amd64')).toBe(join(folder, 'qemu-system-x86_64'));
    const emulators = await findEmulators();
    expect(emulators.filter((each) => each.path !== undefined).map((each) => each.architecture)).toEqual([
      'amd64',
    ]);
    expect(emulators).toHaveLength(architectures.length);
  });

  it('names every emulator that a fleet lacks, and how to install them', async () => {
    const error = await requireEmulators(['arm64', 'amd64', 'riscv64']).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(CapabilityError);
    const { message, remedy } = error as CapabilityError;
    expect(message).toContain('qemu-system-aarch64 (arm64), qemu-system-riscv64 (riscv64) are not installed');
    expect(message).not.toContain('amd64');
    expect(remedy).toMatch(/qemu-system-arm\b.*qemu-system-misc\b/);
  });

  it('refuses an architecture that nothing emulates', async () => {
    await expect(requireQemu('vax')).rejects.toThrow(InputError);
  });
});
