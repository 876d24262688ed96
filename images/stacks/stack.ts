import { z } from 'zod';
import { answerKinds, answersSchema, dialogueSchema, readySchema } from './answers.js';

const three = z.tuple([z.string(), z.string(), z.string()]);

/** How the program of an image is started and joined to the wire; kept in the image's record. */
export const processSchema = z.object({
  /**
   * Program and arguments, each with placeholders: `{folder}` of the image, `{scratch}` of the machine,
   * `{socket}`, `{node}`, `{mac}`, `{address}`, `{prefix}`, `{netmask}`, `{network}`, `{gateway}`, `{open}`
   * (ports), `{ports}` (parted by blanks), `{ram}` (MiB), `{here}` and `{there}` (UDP ports);
   * `{kernel-arguments}` alone becomes several.
   */
  command: z.array(z.string()).min(1),
  /**
   * `stream`: frames behind their length on a unix socket. `l2tpv3`: frames in UDP datagrams on the loopback.
   * `bridge`: an interface on a bridge of the lab, which a container has.
   */
  wire: z.enum(['stream', 'l2tpv3', 'bridge']),
  /** Probes that may wait in it at once without loss. */
  window: z.int().min(1),
  /** Whether it has Linux's settings (sysctl). */
  sysctls: z.boolean(),
  answers: answersSchema,
  ready: readySchema,
  console: dialogueSchema,
  /** Programs that the machine itself must have, and the packages that bring them. */
  programs: z.record(z.string(), z.string()),
  /** Folder of the image whose files the machine may fetch by TFTP from its gateway. */
  tftp: z.string().optional(),
});

/** How to start the program of an image. */
export type ProcessImage = z.infer<typeof processSchema>;

const flags = z.array(z.string()).default([]);

const buildSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('c'),
    source: z.string(),
    flags,
    /** Programs of packages that ours starts: name in the image's folder to path in the packages. */
    starts: z.record(z.string(), z.string()).default({}),
  }),
  z.strictObject({ kind: z.literal('c++'), source: z.string(), flags }),
  /** A program out of a package, with a library of ours loaded into it that is its network. */
  z.strictObject({
    kind: z.literal('preload'),
    program: z.string(),
    source: z.string(),
    flags,
    /** Name of the shared library that ours is instead of. */
    replaces: z.string().optional(),
  }),
  z.strictObject({ kind: z.literal('go'), folder: z.string(), root: z.string(), files: z.array(z.string()) }),
  /** A JavaScript program of ours around files of an npm package, which is pinned here. */
  z.strictObject({
    kind: z.literal('npm'),
    source: z.string(),
    package: z.string(),
    version: z.string(),
    /** As npm writes it: `sha512-` and base64. */
    integrity: z.string().startsWith('sha512-'),
    files: z.array(z.string()).min(1),
  }),
  z.strictObject({ kind: z.literal('user-mode-linux') }),
  /** A root file system with the user space of guests, for the kernel of the host. */
  z.strictObject({ kind: z.literal('container') }),
  z.strictObject({
    kind: z.literal('firmware'),
    /** Path in the image's folder to path in the unpacked packages. */
    files: z.record(z.string(), z.string()),
    /**
     * Path in the image's folder to a file of ours: C becomes a UEFI application, the rest goes in as it is.
     */
    own: z.record(z.string(), z.string()).default({}),
    /** NIC model of QEMU, with further options of the device. */
    nic: z.string().default('virtio-net-pci'),
  }),
]);

/** What our own programs and libraries are told of the wire, in this order. */
export const wireArguments = ['{socket}', '{mac}', '{address}', '{prefix}', '{gateway}', '{open}'];

/** One TCP/IP stack that runs as a process, as images/catalog/stacks.yaml or firmware.yaml describes it. */
export const stackSchema = z.strictObject({
  name: z.string(),
  /** `{version}` becomes the version that was built. */
  labels: z.strictObject({ kernel: three, distribution: three }),
  /** The package whose version is the stack's, and the part of it that counts; of an npm package none. */
  package: z.string().default(''),
  version: z.string().default('^(?:\\d+:)?(\\d+(?:\\.\\d+)*)'),
  /** Suite to packages; all of them are unpacked, none is installed. */
  packages: z.record(z.string(), z.array(z.string()).min(1)).default({}),
  build: buildSchema,
  /**
   * Default: what our own programs read (programs/wire.h); none for a program of a package. Beside the
   * placeholders of `command`, `{wire}` alone is that default, and `{loader}` alone is how a program of a
   * package is started.
   */
  arguments: z.array(z.string()).optional(),
  wire: processSchema.shape.wire.default('stream'),
  window: processSchema.shape.window.default(64),
  sysctls: z.boolean().default(false),
  answers: answersSchema.default([...answerKinds]),
  ready: readySchema.default('console'),
  console: dialogueSchema.default([]),
  programs: z.record(z.string(), z.string()).default({}),
  tftp: processSchema.shape.tftp,
  /** Kernel arguments, for a stack that is a kernel. */
  append: z.string().default(''),
  note: z.string(),
});

export type Stack = z.infer<typeof stackSchema>;

export const stacksSchema = z.strictObject({
  stacks: z.record(z.string().regex(/^[a-z][\w.+-]*$/), stackSchema),
});

/** Labels of a stack whose version is known. */
export function stackLabels(stack: Stack, version: string): Stack['labels'] {
  const fill = (label: string) => label.replace('{version}', version);
  const all = (labels: Stack['labels']['kernel']) => labels.map(fill) as typeof labels;
  return { kernel: all(stack.labels.kernel), distribution: all(stack.labels.distribution) };
}

/** The part of a Debian version that names the stack's own: `2.1.3+dfsg1-2` → `2.1.3`. */
export function stackVersion(stack: Stack, debian: string): string {
  return new RegExp(stack.version).exec(debian)?.[1] ?? debian;
}
