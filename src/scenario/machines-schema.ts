import { z } from 'zod';
import { driverNames } from '../../testbed/drivers/names.js';
import { cpuModels, machineTypes } from '../../testbed/hardware.js';
import { containerRuntimes, networkKinds } from '../../testbed/machine.js';
import { memorySize } from './units.js';

/** One value or a list of them: a list makes a matrix. */
export function oneOrMore<T extends z.ZodType>(item: T) {
  return z.union([item, z.array(item).min(1)]).transform((given) => (Array.isArray(given) ? given : [given]));
}

const flag = z.int().min(0).max(1);

/** Options of the listening socket: those of images/guest/machine.pl, in the ranges that Linux takes. */
export const socketOptions = z.strictObject({
  sndbuf: z
    .int()
    .min(1)
    .max(2 ** 30)
    .optional()
    .describe('SO_SNDBUF, bytes; Linux doubles it'),
  rcvbuf: z
    .int()
    .min(1)
    .max(2 ** 30)
    .optional()
    .describe('SO_RCVBUF, bytes; Linux doubles it'),
  keepalive: flag.optional().describe('SO_KEEPALIVE'),
  tos: z.int().min(0).max(255).optional().describe('IP_TOS'),
  ttl: z.int().min(1).max(255).optional().describe('IP_TTL'),
  nodelay: flag.optional().describe('TCP_NODELAY'),
  maxseg: z.int().min(88).max(32_767).optional().describe('TCP_MAXSEG, bytes: bounds the MSS option'),
  'defer-accept': z.int().min(0).max(3600).optional().describe('TCP_DEFER_ACCEPT, seconds'),
  'window-clamp': z
    .int()
    .min(1)
    .max(2 ** 30)
    .optional()
    .describe('TCP_WINDOW_CLAMP, bytes'),
  quickack: flag.optional().describe('TCP_QUICKACK'),
});

const sysctlName = z
  .string()
  .regex(/^[a-z][a-z0-9_]*(\.[A-Za-z0-9_-]+)+$/, 'a setting is named like net.ipv4.tcp_ecn');

/** Kernel settings; a value of several numbers has blanks between them. */
export const sysctlSettings = z.record(
  sysctlName,
  z
    .union([
      z.int(),
      z
        .string()
        .regex(/^[\w./,-]+( +[\w./,-]+)*$/, 'a value is words parted by blanks, like `4096 131072 6291456`'),
    ])
    .transform(String),
);

const presets = (what: string) =>
  oneOrMore(z.string().min(1)).describe(
    `${what}, by name, or several joined with +; \`stock\` changes nothing`,
  );

const dimensions = {
  image: oneOrMore(z.string().min(1)).describe(
    'catalogue id, or a list; `linux-6.*` is all that fit, `!…` takes away; see `stackbed images list`',
  ),
  ram: oneOrMore(memorySize).describe(
    'memory; it moves the TCP window scale; default: 256M, or what an appliance needs',
  ),
  cores: oneOrMore(z.int().min(1).max(64)),
  nic: oneOrMore(z.string()).describe(
    'NIC model of QEMU; default: the first that the image has a driver for',
  ),
  machine: oneOrMore(z.enum(machineTypes)).describe(
    'machine type of QEMU; `default` is pc for amd64 and i386, virt for arm64 and riscv64',
  ),
  cpu: oneOrMore(z.enum(cpuModels)).describe('CPU model of QEMU; `default` is all that the accelerator has'),
  driver: oneOrMore(z.enum(driverNames)).describe(
    'what starts the machine; `default` is what its image needs: qemu, process or docker',
  ),
  network: oneOrMore(z.enum(['default', ...networkKinds])).describe(
    'of the driver libvirt: `wire`, its default, or `bridge`, one in a namespace of the run, which needs root',
  ),
  runtime: oneOrMore(z.enum(['default', ...containerRuntimes])).describe(
    "of the driver docker: `runc`, its default, or `runsc`, gVisor's, where the engine has it and it works",
  ),
  configuration: presets('settings of scenarios/presets/configurations.yaml'),
  application: presets('socket options of scenarios/presets/applications.yaml'),
  sysctls: sysctlSettings.describe('further kernel settings, over those of the configuration'),
  socket: socketOptions.describe('further options of the listening socket, over those of the application'),
};

const instance = z
  .strictObject({
    image: dimensions.image.optional(),
    ram: dimensions.ram.optional(),
    cores: dimensions.cores.optional(),
    nic: dimensions.nic.optional(),
    machine: dimensions.machine.optional(),
    cpu: dimensions.cpu.optional(),
    driver: dimensions.driver.optional(),
    network: dimensions.network.optional(),
    runtime: dimensions.runtime.optional(),
    configuration: dimensions.configuration.optional(),
    application: dimensions.application.optional(),
    sysctls: dimensions.sysctls.optional(),
    socket: dimensions.socket.optional(),
  })
  .meta({ description: 'what it does not name is taken from its block' });

/** A block of machines: a product of lists, instances spelt out, or a sample of either. */
export const machines = z
  .strictObject({
    image: dimensions.image.optional(),
    ram: dimensions.ram.optional(),
    cores: dimensions.cores.default([1]),
    nic: dimensions.nic.optional(),
    machine: dimensions.machine.default(['default']),
    cpu: dimensions.cpu.default(['default']),
    driver: dimensions.driver.default(['default']),
    network: dimensions.network.default(['default']),
    runtime: dimensions.runtime.default(['default']),
    uri: z
      .string()
      .regex(/^qemu(\+[a-z0-9]+)?:\/\/\S+$/, 'a libvirt is named like qemu:///system or qemu:///session')
      .optional()
      .describe('connection URI of libvirt; default: LIBVIRT_DEFAULT_URI, or a libvirtd for this run alone'),
    configuration: dimensions.configuration.default(['stock']),
    application: dimensions.application.default(['stock']),
    sysctls: dimensions.sysctls.default({}),
    socket: dimensions.socket.default({}),
    instances: z.array(instance).min(1).optional().describe('instances spelt out, instead of a product'),
    optional: z
      .boolean()
      .default(false)
      .describe('an image that cannot be had is a failed machine of the run, not its end'),
    sample: z
      .int()
      .min(1)
      .optional()
      .describe('keep so many, drawn by the seed without replacement; default: all'),
  })
  .refine(
    ({ image, instances }) => image !== undefined || instances?.every((one) => one.image !== undefined),
    { message: 'name an `image`, for the block or for each of its `instances`' },
  )
  .meta({
    description:
      'a product: every image with every ram, cores, nic, machine, cpu, driver, network, runtime, configuration and application',
  });

export type MachineBlock = z.output<typeof machines>;
export type Instance = z.output<typeof instance>;
