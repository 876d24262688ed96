/** Machine types that the catalogue's images boot on. */
export const machineTypes = ['pc', 'q35'] as const;

/** CPU models that they boot on under emulation; `default` is everything that the accelerator has. */
export const cpuModels = ['default', 'qemu64', 'Nehalem', 'Haswell', 'Skylake-Client', 'EPYC'] as const;
