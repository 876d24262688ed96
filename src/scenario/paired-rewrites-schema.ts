import { z } from 'zod';
import type { PersonalitySpec } from '../netem/rewrite/personality.js';
import { formatIpv4Address, parseIpv4Address } from '../packet/address.js';
import { ipv4Address } from './schema-forms.js';

/** Rewrites that stand in both directions and keep state across them. */

const port = z.int().min(1).max(65_535);
const side = z.enum(['prober', 'machine', 'both']);

/**
 * Addresses that a translator may show to a machine: the wire brings answers to 10.0.0.0/8 back into the path, and
 * the copies of probes and the survey use what is below and above these.
 */
const outside = { first: parseIpv4Address('10.248.0.0'), last: parseIpv4Address('10.254.255.255') };

const outsideAddress = ipv4Address.refine((address) => address >= outside.first && address <= outside.last, {
  message: `the wire has ${formatIpv4Address(outside.first)} to ${formatIpv4Address(outside.last)} for translators`,
});

/** Until the print of a personality was read. */
const unread =
  (name: string): PersonalitySpec['drawn'] =>
  () => {
    throw new TypeError(`the print of ${name} was not read`);
  };

export const pairedRewrites = {
  personality: z
    .strictObject({
      nmap: z.string().min(1).optional().describe('a fingerprint of an nmap-os-db, by its whole name'),
      fingerprint: z
        .string()
        .min(1)
        .optional()
        .describe("or a file with a machine's fingerprint, as `stackbed nmap` prints it"),
      database: z
        .string()
        .optional()
        .describe("the nmap-os-db, beside the scenario; default: your nmap's, else that of Debian's package"),
      answers: z
        .enum(['rewritten', 'own'])
        .default('rewritten')
        .describe('`own`: the machine gets SYNs to open ports and nothing else'),
      open: z.array(port).default([22]).describe('TCP ports that have a listener'),
    })
    .refine(({ nmap, fingerprint }) => (nmap === undefined) !== (fingerprint === undefined), {
      message: 'give either `nmap` or `fingerprint`',
    })
    .refine(({ fingerprint, database }) => fingerprint === undefined || database === undefined, {
      path: ['database'],
      message: 'goes with `nmap`: a `fingerprint` is a file of its own',
    })
    .transform(({ nmap, fingerprint, database, answers, open }) => ({
      ...{ name: nmap ?? fingerprint!, nmap, fingerprint, database, answers, open },
      drawn: unread(nmap ?? fingerprint!),
    }))
    .describe('lets the machine pass for another'),
  isn: z
    .strictObject({ randomise: side.default('both').describe('whose initial sequence numbers') })
    .describe('replaces initial sequence numbers, and translates what follows'),
  sequence: z
    .strictObject({
      offset: z.int().min(-0x8000_0000).max(0xffff_ffff),
      of: side.default('machine').describe('whose sequence numbers'),
    })
    .describe('shifts sequence numbers, and what acknowledges them'),
  timestamps: z
    .strictObject({
      offset: z.union([z.literal('random'), z.int().min(-0x8000_0000).max(0xffff_ffff)]),
      of: side.default('machine').describe('whose clock'),
    })
    .describe('shifts the clock that TCP timestamps show, and its echo'),
  nat: z
    .strictObject({
      address: outsideAddress.prefault('10.254.0.1').describe('what the machine sees'),
      ports: z.enum(['preserve', 'random']).default('preserve').describe('source ports outside'),
      idle: z
        .int()
        .min(1)
        .max(1_000_000)
        .default(1024)
        .describe('probe packets after which an unused mapping may go to another flow'),
    })
    .describe("translates the prober's addresses to one, and back"),
  'stateful-firewall': z
    .enum(['conntrack', 'strict'])
    .transform((mode) => ({ mode }))
    .describe('drops what belongs to no connection: as Linux does, or from the handshake on'),
  'syn-proxy': z
    .strictObject({
      ports: z
        .union([z.literal('all'), z.array(port).min(1)])
        .default('all')
        .describe('ports that it stands in front of; closed ones seem open'),
      mss: z.int().min(1).max(65_535).default(1460),
      'window-scale': z.int().min(0).max(14).optional().describe('only beside timestamps'),
      sack: z.boolean().default(true).describe('only beside timestamps'),
      timestamps: z.boolean().default(false).describe('to who asks for them'),
      window: z.int().min(0).max(65_535).default(0).describe('as carried'),
      ttl: z.int().min(1).max(255).default(64),
    })
    .transform(({ 'window-scale': windowScale, ...rest }) => ({ ...rest, windowScale }))
    .describe('answers SYNs itself, and relays after the handshake'),
};
