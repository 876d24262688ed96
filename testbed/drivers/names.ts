/** Drivers that a scenario can name; `default` is the one that the image needs. */
export const driverNames = ['default', 'qemu', 'libvirt', 'process', 'docker'] as const;

/** A way to start machines, by its name in scenarios and results. */
export type DriverName = Exclude<(typeof driverNames)[number], 'default'>;
