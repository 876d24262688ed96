import { z } from 'zod';
import { answerKinds, answersSchema } from '../stacks/answers.js';

const port = z.int().min(1).max(65_535);

/** NIC models, as QEMU names them, that an appliance may be given. */
export const nicModels = ['virtio-net-pci', 'e1000', 'e1000e', 'rtl8139', 'pcnet', 'vmxnet3'] as const;

/** Where an appliance's disk is plugged in: `ide` is IDE on the machine type `pc` and SATA on `q35`. */
export const diskBuses = ['ide', 'virtio', 'scsi'] as const;

export const firmwares = ['bios', 'uefi'] as const;

/** A fixed address that is set inside the machine, which must also have a default route. */
const fixedSchema = z.strictObject({ address: z.ipv4(), prefix: z.int().min(1).max(30) });

/** What is started in a container. */
const containerSchema = z.strictObject({
  command: z.array(z.string()).min(1),
  /** `NAME=value`. */
  environment: z.array(z.string()).default([]),
  folder: z.string().default('/'),
  /** User and group, as an image states them; empty: root. */
  user: z.string().default(''),
});

/** How a machine that is not ours is booted, addressed and known to be up. */
export const applianceSchema = z.strictObject({
  /** What it boots from, besides which nothing is kept; a kernel comes with its initrd, a container has the host's. */
  medium: z.enum(['disk', 'cdrom', 'kernel', 'container']),
  /** Set for a container. */
  container: containerSchema.optional(),
  bus: z.enum(diskBuses).default('ide'),
  firmware: z.enum(firmwares).default('bios'),
  /** Machine type of QEMU. */
  machine: z.string().optional(),
  /** `kernel`: told on the kernel's command line. `dhcp`: it asks for one. */
  address: z.union([z.enum(['kernel', 'dhcp']), fixedSchema]).default('dhcp'),
  /** Memory that it is given unless a scenario says otherwise, MiB. */
  ramMib: z.int().min(16).default(512),
  /** TCP ports known to have a listener; probes go to the first. Empty: looked for whenever it has booted. */
  open: z.array(port).default([]),
  answers: answersSchema.default([...answerKinds]),
  /** Patience with its boot on an idle machine, seconds. */
  patienceS: z.int().min(1).max(7200).default(180),
});

export type ContainerSettings = z.infer<typeof containerSchema>;

/** A machine that is not ours: somebody's disk image, installation medium, kernel or container. */
export type Appliance = z.infer<typeof applianceSchema>;

/** The file of an appliance below its image's folder, unless it boots a kernel. */
export const mediumFile = { disk: 'disk.qcow2', cdrom: 'cdrom.iso' } as const;
