import type { Architecture } from '../images/index.js';

/** Machine types of QEMU; `default` is the first that the image's architecture has. */
export const machineTypes = ['default', 'pc', 'q35', 'virt'] as const;
export type MachineType = (typeof machineTypes)[number];

/** CPU models that images boot on under emulation; `default` is everything that the accelerator has. */
export const cpuModels = ['default', 'qemu64', 'Nehalem', 'Haswell', 'Skylake-Client', 'EPYC'] as const;
export type CpuModel = (typeof cpuModels)[number];

const x86 = { machines: ['pc', 'q35'], cpus: cpuModels } as const;
const virt = { machines: ['virt'], cpus: ['default'] } as const;

const choices: Readonly<
  Record<
    Architecture,
    { machines: readonly [MachineType, ...MachineType[]]; cpus: readonly [CpuModel, ...CpuModel[]] }
  >
> = { amd64: x86, i386: x86, arm64: virt, riscv64: virt };

/** Machine types that images of an architecture boot on, the default first. */
export function machineTypesOf(architecture: Architecture): readonly [MachineType, ...MachineType[]] {
  return choices[architecture].machines;
}

/** CPU models that images of an architecture boot on, the default first. */
export function cpuModelsOf(architecture: Architecture): readonly [CpuModel, ...CpuModel[]] {
  return choices[architecture].cpus;
}
